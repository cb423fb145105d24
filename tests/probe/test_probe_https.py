"""HTTPS fetches from servers of all manners."""

import asyncio
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from certificates import Issued, issued
from mailworthy.errors import UsageError
from mailworthy.lookup.model import Fetch, Fetched, Status, Why
from mailworthy.probe import tls
from mailworthy.probe.https import Getter, get
from mailworthy.probe.public import Allowed
from smtpfake import Reader, Script, Writer, context, saying_after_request, serving

TODAY = datetime.now(UTC)
ROOT = issued(authority=True, title="Web Root", start=TODAY - timedelta(days=9), days=90)
HOST = "mta-sts.example.com"
GOOD = ROOT.issue(HOST, start=TODAY - timedelta(days=1))
LOOPBACK = Allowed(["127.0.0.0/8"])


@cache
def trusting() -> ssl.SSLContext:
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(ROOT.certificate.public_bytes(Encoding.PEM))
        file.flush()
        return tls.strict(file.name)


def fetched(
    script: Script,
    *,
    chain: tuple[Issued, ...] = (GOOD,),
    ips: tuple[str, ...] = ("127.0.0.1",),
    allowed: Any = LOOPBACK,
    path: str = "/x",
    **more: Any,
) -> Fetched:
    async def addresses(host: str) -> tuple[str, ...]:
        assert host == HOST
        return ips

    async def run() -> Fetched:
        async with serving(script, tls=context(*chain) if chain else None) as port:
            ask = Fetch(f"https://{HOST}:{port}{path}", **{"timeout": 2.0, **more})
            return await get(ask, Getter(addresses, allowed, trusting()))

    return asyncio.run(run())


def page(body: bytes, head: bytes = b"", status: bytes = b"200 OK") -> Script:
    length = b"Content-Length: %d\r\n" % len(body)
    return saying_after_request(b"HTTP/1.1 " + status + b"\r\n" + head + length + b"\r\n" + body)


def test_a_page() -> None:
    reply = fetched(page(b"hello", b"Content-Type: text/plain; charset=utf-8\r\n"))
    assert (reply.status, reply.code, reply.body) == (Status.FOUND, 200, b"hello")
    assert reply.content_type == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "asked"),
    [("/a?b#c", b"/a?b"), ("", b"/"), ("/%41 \u00e9?q=\u00fc&r", b"/%41%20%C3%A9?q=%C3%BC&r")],
)
def test_what_the_server_hears(path: str, asked: bytes) -> None:
    heard: list[bytes] = []

    async def script(reader: Reader, writer: Writer) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    assert fetched(script, path=path).code == 204
    (request,) = heard
    assert request.startswith(b"GET " + asked + b" HTTP/1.1\r\nHost: mta-sts.example.com:")
    assert b"Accept-Encoding: identity" in request


def test_redirections_are_results() -> None:
    reply = fetched(page(b"", b"Location: https://127.0.0.1/secret\r\n", b"301 Moved"))
    assert (reply.status, reply.code) == (Status.FOUND, 301)


@pytest.mark.parametrize(
    ("chain", "said"),
    [
        ((issued([HOST]),), "self-signed"),
        ((ROOT.issue("other.example"),), "mismatch"),
        ((ROOT.issue(HOST, start=TODAY - timedelta(days=8), days=2),), "expired"),
    ],
)
def test_certificates(chain: tuple[Issued, ...], said: str) -> None:
    reply = fetched(page(b"x"), chain=chain)
    assert (reply.status, reply.why) == (Status.FAILED, Why.TLS)
    assert said in reply.detail.lower()


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.168.1.1",
        "::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fe80::1",
        "fd00::1",
        "0.0.0.0",
        "224.0.0.1",
        "192.0.2.1",
    ],
)
def test_only_public_addresses_are_called(ip: str) -> None:
    async def untouched(reader: Reader, writer: Writer) -> None:
        raise AssertionError("called")

    reply = fetched(untouched, ips=(ip,), allowed=Allowed())
    assert (reply.status, reply.why) == (Status.FAILED, Why.NO_MEANS)
    assert "no public address" in reply.detail


async def endless(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


async def dripping(reader: Reader, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def hinting(reader: Reader, writer: Writer) -> None:
    """Responses before the response."""
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: " + b"x" * 8000 + b"\r\n\r\n")
        await writer.drain()


async def extending(reader: Reader, writer: Writer) -> None:
    """Chunks that are mostly something else."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"1;" + b"x" * 8000 + b"\r\na\r\n")
        await writer.drain()


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (endless, Why.OVERSIZE),
        (hinting, Why.OVERSIZE),
        (extending, Why.OVERSIZE),
        (dripping, Why.TIMEOUT),
        (saying_after_request(b"SSH-2.0\r\n"), Why.GARBLED),
        (saying_after_request(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 100_000), Why.GARBLED),
        (saying_after_request(b""), Why.GARBLED),
        (page(b"x" * 70_000), Why.OVERSIZE),
    ],
)
def test_bad_servers(script: Script, why: Why) -> None:
    reply = fetched(script, timeout=0.7)
    assert (reply.status, reply.why) == (Status.FAILED, why)
    assert reply.detail.isprintable()


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://u:p@a.example/",
        "https:///x",
        "https://a.example:99999/",
        "ftp://a.example/",
        "https://[/",
        "https://a b/",
        "https://a.example/\x00",
        "https://a.example/" + "x" * 70_000,
    ],
)
def test_urls_that_are_not_fetched(url: str) -> None:
    async def addresses(host: str) -> tuple[str, ...]:
        assert host == "a.example"
        return ("127.0.0.1",)

    reply = asyncio.run(get(Fetch(url), Getter(addresses, LOOPBACK, trusting())))
    assert (reply.status, reply.why) == (Status.FAILED, Why.BAD_NAME)


@pytest.mark.parametrize(
    ("said", "why"),
    [(None, Why.GARBLED), (b"", Why.TIMEOUT), (b"HTTP/1.0 400 no\r\n\r\n", Why.TLS)],
)
def test_no_encryption(said: bytes | None, why: Why) -> None:
    async def script(reader: Reader, writer: Writer) -> None:
        await reader.read(100)
        if said is not None:
            writer.write(said)
            await reader.read()

    reply = fetched(script, chain=(), timeout=0.7)
    assert (reply.status, reply.why) == (Status.FAILED, why)
    assert reply.detail.isprintable()


def test_nobody_there_and_no_address() -> None:
    reply = fetched(page(b"x"), ips=("127.0.0.9",))
    assert reply.why is Why.UNREACHABLE
    assert fetched(page(b"x"), ips=()).why is Why.UNREACHABLE
    assert fetched(page(b"x"), ips=("127.0.0.9", "127.0.0.1")).body == b"x"


def test_a_prefix_must_be_one() -> None:
    with pytest.raises(UsageError, match="no prefix"):
        Allowed(["10.0.0.1/8"])
    assert "10.1.2.3" in Allowed(["10.0.0.0/8"])
    assert "8.8.8.8" in Allowed()
    assert "nonsense" not in Allowed()
