"""The runner of `make fuzz`, on targets that hold and on none."""

import subprocess
import sys
from pathlib import Path

import pytest

import fuzz

ROOT = Path(fuzz.__file__).parent.parent


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tools" / "fuzz.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_target_that_holds() -> None:
    done = run("--engine", "hypothesis", "--seconds", "1", "--target", "canonical")
    assert done.returncode == 0, done.stdout
    first, last = done.stdout.splitlines()
    assert first.startswith("canonical: hypothesis, ")
    assert first.endswith("000 inputs: ok")
    assert last == "nothing broke"


def test_a_target_that_nobody_knows() -> None:
    done = run("--target", "sieve")
    assert (done.returncode, done.stdout) == (2, "no target sieve; --list shows them all\n")


def test_words_are_written_as_libfuzzer_reads_them() -> None:
    assert fuzz.dictionary([b'a"\\', b"\0\xff"]) == '"\\x61\\x22\\x5c"\n"\\x00\\xff"\n'


@pytest.mark.parametrize(
    ("log", "count"),
    [("Done 123 runs in 5 second(s)", "123"), ("x\ntried 4000 inputs", "4000"), ("", "?")],
)
def test_inputs_are_counted(log: str, count: str, tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_text(log)
    assert fuzz.runs(path) == count
