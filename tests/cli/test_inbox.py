"""`mailworthy inbox` as a process."""

import json
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ZONE = '$ORIGIN a.example.\n@ 60 SOA ns a 1 2 3 4 5\n@ 60 TXT "v=spf1 ip4:192.0.2.1 -all"\n'
MAIL = b"From: a@a.example\r\nTo: me@t.example\r\nSubject: x\r\n\r\nx\r\n"


@pytest.mark.parametrize("where", ["127.0.0.1:99999", "localhost:25", "unix:here", "systemd"])
def test_a_place_that_is_none(tmp_path: Path, where: str) -> None:
    argv = ("inbox", "--smtp", where, "--address", "a@t.example", "--out", str(tmp_path / "out"))
    done = subprocess.run(
        [sys.executable, "-m", "mailworthy", *argv], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.endswith(f"{where} is no place to listen: ADDRESS:PORT, unix:/PATH\n")


@contextmanager
def running(folder: Path, *argv: str) -> Iterator["subprocess.Popen[str]"]:
    """The inbox on a socket, until the end of the block."""
    (folder / "zone").write_text(ZONE)
    where = ("--lmtp", f"unix:{folder}/sock", "--dns", f"zone:{folder}/zone")
    process = subprocess.Popen(
        [sys.executable, "-m", "mailworthy", "inbox", *where, *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("listening on")
        yield process
    finally:
        process.kill()
        process.communicate()


def sent(folder: Path, to: str) -> int:
    """The code for a mail of a client that the server in front names."""
    with smtplib.LMTP(f"{folder}/sock") as client:
        client.ehlo("front.example")
        client.docmd("XFORWARD", "ADDR=192.0.2.1 HELO=mail.a.example")
        client.mail("a@a.example")
        code, _ = client.rcpt(to)
        return client.data(MAIL)[0] if code == 250 else code


def test_a_mail_is_shown_and_the_end_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with running(tmp_path, "--address", "me@t.example", "--out", str(out)) as process:
        assert sent(tmp_path, "me@t.example") == 250
        assert sent(tmp_path, "you@t.example") == 550
        process.send_signal(signal.SIGTERM)
        text, _ = process.communicate(timeout=20)
        assert process.returncode == 0
    assert "To me@t.example" in text
    assert "Receiver" in text
    (data,) = out.glob("*/*.json")
    assert json.loads(data.read_text())["verdict"]["spf"]["result"] == "pass"
    assert not (tmp_path / "sock").exists()


def test_a_second_one_does_not_take_the_socket_away(tmp_path: Path) -> None:
    with running(tmp_path, "--address", "me@t.example"):
        argv = ("--lmtp", f"unix:{tmp_path}/sock", "--address", "me@t.example")
        second = subprocess.run(
            [sys.executable, "-m", "mailworthy", "inbox", *argv],
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
        assert second.returncode == 2
        assert "somebody listens" in second.stderr
        assert sent(tmp_path, "me@t.example") == 250


@pytest.mark.parametrize("silent", [b"", b"LHLO x\r\nMAIL FROM:<a@b>\r\n"])
def test_who_says_nothing_keeps_nobody_out(tmp_path: Path, silent: bytes) -> None:
    import socket

    with running(tmp_path, "--address", "me@t.example"):
        quiet = [socket.socket(socket.AF_UNIX) for _ in range(15)]
        for each in quiet:
            each.connect(f"{tmp_path}/sock")
            each.sendall(silent)
        start = time.monotonic()
        assert sent(tmp_path, "me@t.example") == 250
        assert time.monotonic() - start < 20
        for each in quiet:
            each.close()
