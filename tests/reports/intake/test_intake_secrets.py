"""Secrets out of commands and files: bounded, not through a shell, and never shown."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from mailworthy.errors import UsageError
from mailworthy.reports.intake.secrets import MOST, NoSecret, of_command, of_file


def python(text: str) -> str:
    return shlex.join([sys.executable, "-c", text])


@pytest.mark.parametrize(
    ("command", "secret"),
    [
        ("printf 'secret\\nuser: me\\n'", "secret"),
        ("printf 'pass word\\r\\n'", "pass word"),
        ("echo a;b $HOME `id` > /dev/null", "a;b $HOME `id` > /dev/null"),
        (python("print('é' * 100)"), "é" * 100),
    ],
)
def test_the_first_line_of_a_command(command: str, secret: str) -> None:
    assert of_command(command) == secret


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (python("print('s3cret'); raise SystemExit(3)"), "ended with 3"),
        (python("import os; os.kill(os.getpid(), 9)"), "ended with -9"),
        (python("while True: print('s3cret')"), f"more than {MOST} octets"),
        (python("import time; print('s3cret', flush=True); time.sleep(600)"), "took more than"),
        ("sh -c 'sleep 600 & sleep 600 & wait'", "took more than"),
        (python("print()"), "no secret"),
        ("true", "no secret"),
        (python(r"import os; os.write(1, b'\xff\n')"), "not UTF-8"),
    ],
)
def test_a_command_that_gives_none(command: str, why: str) -> None:
    with pytest.raises(NoSecret, match=why) as told:
        of_command(command, seconds=0.5 if "600" in command else 30)
    assert "s3cret" not in str(told.value)


def test_what_a_command_has_started_is_ended_with_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "held")
    with pytest.raises(NoSecret):
        of_command(f"sh -c 'exec 3<>{tmp_path}/held; sleep 600 & wait'", seconds=0.5)
    # Nobody has it open any more, so that nobody reads from it.
    with pytest.raises(OSError, match="No such device"):
        os.open(tmp_path / "held", os.O_WRONLY | os.O_NONBLOCK)


@pytest.mark.parametrize("command", ["", "  ", "'half", "/no/such/program", "/etc/passwd x"])
def test_what_is_no_command(command: str) -> None:
    with pytest.raises(UsageError):
        of_command(command)


@pytest.mark.parametrize("data", [b"", b"\nx", b"\xff\n", b"x" * (MOST + 1)])
def test_a_file_without_a_secret(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "f").write_bytes(data)
    with pytest.raises(NoSecret):
        of_file(tmp_path / "f")


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"pass word\r\nmore")
    assert of_file(tmp_path / "f") == "pass word"
    with pytest.raises(NoSecret):
        of_file(tmp_path / "none")


@pytest.mark.parametrize(
    ("more", "env", "why"),
    [
        (["--password-file", "f", "--token-command", "x"], {}, "one of them is enough"),
        (["--token-file", "none"], {}, "none cannot be read"),
        (["--token-command", "/no/such"], {"MAILWORTHY_IMAP_PASSWORD_COMMAND": "x"}, "/no/such"),
        ([], {"MAILWORTHY_IMAP_TOKEN_COMMAND": "/no/such"}, "/no/such cannot be started"),
        ([], {}, "no password for me"),
    ],
)
def test_what_the_command_line_says(
    tmp_path: Path, more: list[str], env: dict[str, str], why: str
) -> None:
    (tmp_path / "f").write_text("secret")
    done = subprocess.run(
        [sys.executable, "-m", "mailworthy", "reports", "fetch", "imap://me@127.0.0.1:1", *more,
         "--store", "s.db"],
        cwd=tmp_path,
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert why in done.stderr
