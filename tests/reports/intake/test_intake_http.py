"""TLS reports by POST: stored before they are accepted, and nothing else is."""

import gzip
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import intakekit as kit
import report_wraps as wraps
from mailworthy import store

GZIP, JSON = "application/tlsrpt+gzip", "application/tlsrpt+json"


class Listener:
    """`mailworthy reports listen` as a process."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "s.db"
        self.socket = folder / "lmtp"
        command = [sys.executable, "-m", "mailworthy", "reports", "listen", "--no-verify"]
        places = ["--http", "127.0.0.1:0", "--lmtp", f"unix:{self.socket}"]
        own = ["--domain", "example.com", "--recipient", "dmarc@example.com"]
        self.process = subprocess.Popen(
            [*command, *places, *own, "--store", str(self.path)], stderr=subprocess.PIPE
        )
        assert self.process.stderr is not None
        self.said = [self.process.stderr.readline().decode().split()[-1] for _ in range(2)]
        self.port = int(self.said[1].rpartition(":")[2])

    def post(
        self, body: bytes, kind: str = JSON, method: str = "POST", **headers: str
    ) -> tuple[int, str]:
        """The status and the text of an answer."""
        client = http.client.HTTPConnection("127.0.0.1", self.port)
        client.request(method, "/v1/tlsrpt", body, {"Content-Type": kind, **headers})
        answer = client.getresponse()
        found = answer.status, answer.read().decode().strip()
        client.close()
        return found

    def raw(self, *pieces: bytes) -> bytes:
        """What is answered to octets."""
        with socket.create_connection(("127.0.0.1", self.port)) as client:
            for piece in pieces:
                client.sendall(piece)
            client.shutdown(socket.SHUT_WR)
            with client.makefile("rb") as answer:
                return answer.read()


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    """One for all tests."""
    found = Listener(tmp_path_factory.mktemp("listener"))
    try:
        yield found
    finally:
        found.process.send_signal(signal.SIGTERM)
        assert found.process.wait(30) == 0
        assert found.process.stderr is not None
        assert found.process.stderr.read() == b""
        found.process.stderr.close()


def named(name: str, domain: str = "example.com") -> bytes:
    return wraps.JSON.replace(b'"t1"', f'"{name}"'.encode()).replace(
        b'"example.com"', f'"{domain}"'.encode()
    )


def ids(listener: Listener) -> list[str]:
    with store.open(listener.path) as mine:
        return kit.ids(mine)


def test_a_report_is_stored_once(listener: Listener) -> None:
    assert listener.post(named("a"))[0] == 201
    assert "a" in ids(listener)
    assert listener.post(gzip.compress(named("a"), mtime=0), GZIP)[0] == 200
    assert listener.post(named("b", "sub.example.com"), f"{JSON}; charset=utf-8")[0] == 201
    assert ids(listener).count("a") == 1


# Whoever posts a mail writes its header too: no server of ours has seen it.
MAILED = (
    b"Authentication-Results: mx.example.com; dkim=pass header.d=example.net\r\n"
    b"From: tls@example.net\r\nMIME-Version: 1.0\r\nContent-Type: application/tlsrpt+json\r\n\r\n"
) + named("mailed")


@pytest.mark.parametrize(
    ("body", "kind", "method", "status"),
    [
        (named("x"), JSON, "GET", 405),
        (named("x"), JSON, "PUT", 405),
        (named("x"), "text/plain", "POST", 415),
        (named("x"), "", "POST", 415),
        (b"", JSON, "POST", 400),
        (b"{}", JSON, "POST", 400),
        (named("x")[:50], JSON, "POST", 400),
        (wraps.report(), JSON, "POST", 400),
        (kit.report_mail(1), JSON, "POST", 400),
        (wraps.COMPLAINT, JSON, "POST", 400),
        (MAILED, JSON, "POST", 400),
        (gzip.compress(MAILED), GZIP, "POST", 400),
        (named("x", "example.net"), JSON, "POST", 403),
        (named("x", "notexample.com"), JSON, "POST", 403),
        (b" " * ((5 << 20) + 1), JSON, "POST", 413),
        (gzip.compress(b" " * (80 << 20)), GZIP, "POST", 400),
    ],
)
def test_anything_else_leaves_no_trace(
    listener: Listener, body: bytes, kind: str, method: str, status: int
) -> None:
    with store.open(listener.path) as mine:
        before = kit.sums(mine)
    try:
        assert listener.post(body, kind, method)[0] == status
    except (BrokenPipeError, ConnectionResetError):
        assert status == 413  # the answer came before all was sent
    with store.open(listener.path) as mine:
        assert kit.sums(mine) == before


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"POST / HTTP/1.1\r\n\r\n", b"400"),
        (b"\x16\x03\x01hello", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999\r\n"
         b"Content-Type: application/tlsrpt+json\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nX: " + b"x" * 100_000, b"431"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/tlsrpt+json\r\n"
         b"Content-Length: 10\r\n\r\n12345", b"400"),
    ],
)  # fmt: skip
def test_rude_clients(listener: Listener, said: bytes, status: bytes) -> None:
    try:
        answer = listener.raw(said)
    except (ConnectionResetError, BrokenPipeError):
        assert status == b"431"  # it stopped listening before all was sent
    else:
        assert answer.split()[1] == status


def test_a_client_that_waits_to_be_asked(listener: Listener) -> None:
    body = named("c")
    head = (
        "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: application/tlsrpt"
        f"+json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    answer = listener.raw(head.encode(), body)
    assert [line.split()[1] for line in answer.split(b"\r\n") if line[:5] == b"HTTP/"] == [
        b"100",
        b"201",
    ]


def test_a_store_that_is_locked_is_not_the_end(tmp_path: Path) -> None:
    """The reporter is told to come again; the rest is in the tests of LMTP."""
    from mailworthy.reports.intake.desk import Desk
    from mailworthy.reports.intake.http import Server
    from mailworthy.reports.intake.importing import Importer
    from mailworthy.store import StoreBusy

    class Locked(Importer):
        def settle(self) -> None:
            raise StoreBusy("locked")

    async def run() -> bytes:
        desk = Desk(Locked(mine))
        server = await asyncio.start_unix_server(
            Server(desk, ["example.com"]).serve, tmp_path / "http"
        )
        reader, writer = await asyncio.open_unix_connection(tmp_path / "http")
        body = named("l")
        head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {JSON}\r\nContent-Length: {len(body)}"
        writer.write(head.encode() + b"\r\n\r\n" + body)
        answer = await reader.read()
        writer.close()
        server.close()
        desk.close()
        return answer

    import asyncio

    with store.open(tmp_path / "s.db") as mine:
        answer = asyncio.run(run())
    assert answer.split()[1] == b"503"
    assert b"retry-after: 600" in answer.lower()


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["--lmtp", "unix:x"],
        ["--http", "127.0.0.1:0"],
        ["--http", "0.0.0.0:0", "--domain", "example.com"],
        ["--lmtp", "unix:x", "--recipient", "a@b", "--group", "no such group"],
    ],
)
def test_what_cannot_be_listened_on(tmp_path: Path, args: list[str]) -> None:
    command = [sys.executable, "-m", "mailworthy", "reports", "listen", *args]
    done = subprocess.run(
        [*command, "--store", str(tmp_path / "s.db")],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=60,
        env=dict(os.environ),
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"mailworthy: ")
    assert done.stderr.count(b"\n") == 1
