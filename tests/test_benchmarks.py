"""`make bench` runs every benchmark, and each of them runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROGRAMS = sorted(
    path.name
    for path in (ROOT / "benchmarks").glob("*.py")
    if 'if __name__ == "__main__":' in path.read_text()
)
# Which of them another one runs as well.
WITHIN = {"reports_store.py": "reports.py", "store_queries.py": "reports_answers.py"}


def test_make_bench_runs_all() -> None:
    planned = subprocess.run(
        ["make", "-C", str(ROOT), "--dry-run", "bench"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    listed = set(re.findall(r"benchmarks/(\w+\.py)", planned))
    assert {WITHIN.get(name, name) for name in PROGRAMS} == listed
    for inner, outer in WITHIN.items():
        assert inner.removesuffix(".py") in (ROOT / "benchmarks" / outer).read_text()


@pytest.mark.proof
@pytest.mark.parametrize("name", sorted(set(PROGRAMS) - set(WITHIN)))
def test_it_runs(name: str) -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / name), "--smoke"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "  ---" in done.stdout
