"""The page about the library: its examples run, print what it says, and are typed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "how-to" / "use-from-python.md"
CASES = ROOT / "tests" / "cases" / "messages"
CODE = "\n\n".join(re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL))


def test_the_examples_print_what_the_page_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(CASES)
    exec(compile(CODE, str(PAGE), "exec"), {"__name__": "page"})
    assert capsys.readouterr().out.splitlines() == re.findall(r"# → (.*)", CODE)


def test_the_examples_are_typed(tmp_path: Path) -> None:
    file = tmp_path / "page.py"
    file.write_text(CODE)
    tool = (sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-incremental")
    done = subprocess.run((*tool, file), check=False, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
