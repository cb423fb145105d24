"""A real Postfix: an alias that pipes, and LMTP; what cannot be stored now stays in its queue."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import intakekit as kit
import postfix
from anybody import PACKAGES, anybodys_python
from mailworthy import store

ROOT = os.getuid() == 0
PYTHON = anybodys_python() if ROOT else None
pytestmark = [
    *([pytest.mark.lab] if PYTHON else []),  # so that nobody else fails by skipping it
    pytest.mark.skipif(postfix.PROGRAM is None, reason="postfix is not installed"),
    pytest.mark.skipif(not ROOT, reason="only root can start Postfix"),
    pytest.mark.skipif(
        PYTHON is None, reason="others may not run this Python, or read this folder"
    ),
]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that Postfix's users reach."""
    with tempfile.TemporaryDirectory(prefix="intake") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def command(path: Path) -> str:
    """The alias: an interpreter that others may run, with our packages."""
    script = path / "import"
    script.write_text(
        f"#!/bin/sh\nexport PYTHONPATH='{PACKAGES}'\n"
        f"exec {PYTHON} -m mailworthy reports import --no-verify --store {path}/in/s.db -\n"
    )
    script.chmod(0o755)
    return str(script)


@contextmanager
def listening(path: Path) -> Iterator[None]:
    """`mailworthy reports listen` on a socket that Postfix may use."""
    words = ["reports", "listen", "--no-verify", "--lmtp", f"unix:{path}/lmtp"]
    process = subprocess.Popen(
        [sys.executable, "-m", "mailworthy", *words, "--group", "postfix",
         "--recipient", "tls@example.com", "--store", f"{path}/lmtp.db"],
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    assert b"listening" in process.stderr.readline()
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        process.stderr.close()


def test_an_alias_keeps_the_mail_until_it_is_stored(place: Path) -> None:
    (place / "in").mkdir(0o700)  # where nobody, who runs it, may not write
    with postfix.running(command(place), place / "lmtp") as server:
        server.send("dmarc@example.com", kit.report_mail(1))
        assert "status=deferred" in server.wait("dmarc@example.com>, relay=local")
        os.chown(place / "in", pwd.getpwnam("nobody").pw_uid, -1)
        server.run("postqueue", "-f")
        server.wait("status=sent (delivered to command")
        server.send("dmarc@example.com", kit.OTHER)
        server.wait("status=sent (delivered to command", times=2)
        assert "Mail queue is empty" in server.run("postqueue", "-p")
    with store.open(place / "in" / "s.db") as mine:
        assert kit.ids(mine) == ["r1"]
        assert [fault for fault, _ in kit.problems(mine)] == ["no-report"]


def test_lmtp_takes_mail_when_it_is_there(place: Path) -> None:
    with postfix.running(command(place), place / "lmtp") as server:
        server.send("tls@example.com", kit.report_mail(2))
        assert "status=deferred" in server.wait("to=<tls@example.com>")
        with listening(place):
            server.run("postqueue", "-f")
            assert "250 2.0.0 stored" in server.wait("status=sent")
    with store.open(place / "lmtp.db") as mine:
        assert kit.ids(mine) == ["r2"]
