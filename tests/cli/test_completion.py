"""Completion, as the shells ask for it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.clikit import PLAIN, inside, mailworthy
from mailworthy.audit.rule import load
from mailworthy.cli import COMMANDS

BIN = Path(sys.executable).parent
SHELLS = ("bash", "zsh", "fish")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_that_its_shell_can_read(shell: str, tmp_path: Path) -> None:
    done = inside("completion", shell)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"_MAILWORTHY_COMPLETE" in done.stdout
    if shutil.which(shell):
        script = tmp_path / "script"
        script.write_bytes(done.stdout)
        assert subprocess.run([shell, "-n", script], check=False).returncode == 0


def completed(shell: str, *words: str) -> list[str]:
    """What is offered for the last word."""
    asked = {"COMP_WORDS": " ".join(["mailworthy", *words]), "COMP_CWORD": str(len(words))}
    if shell == "fish":
        asked["COMP_CWORD"] = words[-1]
    done = mailworthy(env={"_MAILWORTHY_COMPLETE": f"{shell}_complete", **asked})
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    if shell == "zsh":
        return lines[1::3]
    return [line.split(",", 1)[1].split("\t")[0] for line in lines]


@pytest.mark.parametrize("shell", SHELLS)
def test_commands_and_rules(shell: str) -> None:
    assert completed(shell, "") == list(COMMANDS)
    assert completed(shell, "che") == ["check"]
    rules = [rule.id for rule in load() if rule.id.startswith("ptr-")]
    assert rules
    assert completed(shell, "explain", "ptr-") == rules


def test_options_and_their_words() -> None:
    assert "--checkpoint" in completed("bash", "check", "--che")
    assert completed("bash", "check", "--format", "j") == ["json", "jsonl", "junit"]


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_bash_itself() -> None:
    script = inside("completion", "bash").stdout.decode()
    typed = "COMP_WORDS=(mailworthy explain spf-too); COMP_CWORD=2"
    ask = "_mailworthy_completion mailworthy; printf '%s\\n' \"${COMPREPLY[@]}\""
    done = subprocess.run(
        ["bash", "-c", f"{script}\n{typed}\n{ask}"],
        env={**PLAIN, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    wanted = [rule.id for rule in load() if rule.id.startswith("spf-too")]
    assert wanted
    assert done.stdout.split() == wanted


def test_the_argument_is_shown_as_optional() -> None:
    usage = inside("explain", "--help").stdout.decode().splitlines()[0]
    assert usage == "Usage: mailworthy explain [OPTIONS] [RULE]"
