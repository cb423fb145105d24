"""The page for Prometheus: whoever asks, and however, it costs little."""

import contextlib
import socket
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, Counter

from mailworthy.milter.scrape import AT_ONCE, serve

HERE = "127.0.0.1"
ASKED = b"GET /metrics HTTP/1.0\r\n\r\n"


@pytest.fixture(scope="module")
def port() -> int:
    registry = CollectorRegistry()
    Counter("mails", "Mails.", ["did"], registry=registry).labels('a"\n} 1').inc()
    return serve((HERE, 0), registry)


def heard(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(65536), b""))


@contextlib.contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection((HERE, port), timeout=10) as client:
        yield client


def test_numbers_are_told_and_labels_stay_labels(port: int) -> None:
    with connected(port) as client:
        client.sendall(ASKED)
        lines = heard(client).decode().splitlines()
    assert lines[0] == "HTTP/1.0 200 OK"
    assert 'mails_total{did="a\\"\\n} 1"} 1.0' in lines


def test_who_keeps_connections_makes_room(port: int) -> None:
    with contextlib.ExitStack() as stack:
        idle = [stack.enter_context(connected(port)) for _ in range(AT_ONCE + 3)]
        for first in idle[:3]:
            assert heard(first) == b""
        test_numbers_are_told_and_labels_stay_labels(port)
        idle[-1].sendall(ASKED)
        assert b"mails_total" in heard(idle[-1])


@pytest.mark.parametrize(
    "octets", [b"\0" * 5000, b"GET " + b"x" * 100_000, b"\r\n", b"\x16\x03\x01\x02\0\x01\0\x01"]
)
def test_garbage_is_answered_without_a_word(
    port: int, octets: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    with connected(port) as client, contextlib.suppress(OSError):
        client.sendall(octets)
        client.shutdown(socket.SHUT_WR)
        heard(client)
    test_numbers_are_told_and_labels_stay_labels(port)
    assert capfd.readouterr() == ("", "")
