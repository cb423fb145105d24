"""Under CI no lab or browser test may be skipped; elsewhere it may, and says so."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ONE_TEST = """
import pytest

@pytest.mark.{marker}
def test_with_a_daemon():
    pytest.skip("named is not installed")
"""
ONE_FILE = """
import pytest

pytest.skip("named is not installed", allow_module_level=True)
"""


def run(folder: Path, name: str, text: str, ci: str) -> subprocess.CompletedProcess[str]:
    shutil.copy(HERE / "conftest.py", folder)
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    environment = {k: v for k, v in os.environ.items() if k != "CI"} | ({"CI": ci} if ci else {})
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("name", "text", "ci", "code"),
    [
        ("test_a.py", ONE_TEST.format(marker="lab"), "true", 1),
        ("test_a.py", ONE_TEST.format(marker="browser"), "true", 1),
        ("test_a.py", ONE_TEST.format(marker="oracle"), "true", 0),
        ("test_a.py", ONE_TEST.format(marker="lab"), "", 0),
        ("lab/test_a.py", ONE_FILE, "true", 2),
        ("other/test_a.py", ONE_FILE, "true", 5),
    ],
)
def test_a_skip(tmp_path: Path, name: str, text: str, ci: str, code: int) -> None:
    done = run(tmp_path, name, text, ci)
    assert done.returncode == code, done.stdout
    if code in (1, 2):
        assert "skipped, and CI allows no skip here: " in done.stdout
        assert "named is not installed" in done.stdout
