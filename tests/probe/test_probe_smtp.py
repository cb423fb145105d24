"""SMTP conversations with servers of all manners."""

import asyncio
import ssl
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates import Issued, issued, root
from mailworthy.lookup.model import Dial, Dialled, Encryption, Said, Status, Trial, Why
from mailworthy.probe.lines import KEPT, Broken, Limits, Wire
from mailworthy.probe.smtp import HUNG_UP, Caller, converse
from mailworthy.probe.trust import flight
from smtpfake import Reader, Script, Server, Writer, context, serving

HASTY = Limits(reply=0.5, greeting=0.5, whole=1.5)
TODAY = datetime.now(UTC)
ROOT = issued(authority=True, title="Probe Root", start=TODAY - timedelta(days=9), days=90)


def leaf(*names: str, age: int = 5, days: int = 60) -> Issued:
    return ROOT.issue(*names, start=TODAY - timedelta(days=age), days=days)


LEAF = leaf("mail.example.com")


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    path.write_bytes(ROOT.certificate.public_bytes(Encoding.PEM))
    return str(path)


def dialled(script: Script, *, caller: Caller | None = None, **more: Any) -> Dialled:
    async def run() -> Dialled:
        async with serving(script) as port:
            ask = Dial("mail.example.com", "127.0.0.1", port, **more)
            return await converse(ask, caller or Caller("probe.example.net", limits=HASTY))

    return asyncio.run(run())


def test_a_server_as_it_should_be(ca: str) -> None:
    server = Server(context(LEAF, ROOT))
    reply = dialled(server, caller=Caller("probe.example.net", ca, HASTY))
    assert (reply.status, reply.why, reply.detail) == (Status.FOUND, None, "")
    assert reply.banner
    assert reply.banner.lines == ("mail.example.com ESMTP",)
    assert reply.extensions == {"SIZE", "STARTTLS"}
    assert reply.extensions_tls == {"SIZE"}
    assert reply.tls
    assert reply.tls.chain == (LEAF.der, ROOT.der)
    assert (reply.tls.version, reply.tls.untrusted) == ("TLSv1.3", "")
    assert server.heard == [
        b"EHLO probe.example.net",
        b"STARTTLS",
        b"EHLO probe.example.net",
        b"QUIT",
    ]


@pytest.mark.parametrize("banner", [b"220 mail.example.com ESMTP\r\n", b"554 not you\r\n"])
def test_nothing_but_the_greeting(banner: bytes) -> None:
    server = Server(banner=banner)
    reply = dialled(server, greeting=True)
    assert (reply.status, reply.ehlo, server.heard) == (Status.FOUND, None, [b"QUIT"])
    assert reply.banner
    assert reply.banner.code == int(banner[:3])


@pytest.mark.parametrize(
    ("chain", "said"),
    [
        ((root().issue("mail.example.com"),), "unable to get local issuer certificate"),
        ((issued(["mail.example.com"]),), "self-signed certificate"),
        ((leaf("mail.example.com", age=8, days=2),), "certificate has expired"),
    ],
)
def test_bad_certificates_are_seen_and_told(chain: tuple[Issued, ...], said: str, ca: str) -> None:
    reply = dialled(Server(context(*chain)), caller=Caller("probe.example.net", ca, HASTY))
    assert reply.tls
    assert reply.tls.untrusted == said
    assert reply.tls.chain[0] == chain[0].der
    assert reply.ehlo_tls
    assert reply.ehlo_tls.code == 250


def test_old_versions_are_seen_where_they_are_asked_for() -> None:
    reply = dialled(Server(context(LEAF)), newest="TLSv1.1")
    assert reply.tls
    assert reply.tls.version == "TLSv1.1"
    old = dialled(Server(context(LEAF, newest=ssl.TLSVersion.TLSv1_1)))
    assert old.tls
    assert old.tls.version == "TLSv1.1"
    new = context(LEAF)
    new.minimum_version = ssl.TLSVersion.TLSv1_2
    refused = dialled(Server(new), newest="TLSv1.1")
    assert refused.tls is None
    assert refused.status is Status.FOUND
    said = {"tlsv1 alert protocol version", HUNG_UP}
    assert refused.tls_error in said  # whichever asyncio sees first


async def implicit(script: Script, tls: ssl.SSLContext | None = None) -> Dialled:
    async with serving(script, tls=tls) as port:
        ask = Dial("mail.example.com", "127.0.0.1", port, Encryption.IMPLICIT)
        return await converse(ask, Caller(limits=HASTY))


def test_encryption_from_the_first_octet() -> None:
    reply = asyncio.run(implicit(Server(), context(LEAF)))
    assert reply.tls
    assert reply.tls.chain == (LEAF.der,)
    assert reply.banner
    assert reply.ehlo
    assert reply.starttls is None


@pytest.mark.parametrize(
    ("server", "said"),
    [
        (Server(ehlo=(b"STARTTLS",), replies={b"STARTTLS": b"454 not now\r\n"}), ""),
        (Server(ehlo=(b"STARTTLS",), replies={b"STARTTLS": b"220 go\r\n250 plain\r\n"}), "octets"),
        (Server(context(LEAF), injected=b"250 injected\r\n"), "CVE-2011-0411"),
    ],
)
def test_encryption_that_fails(server: Server, said: str) -> None:
    reply = dialled(server)
    assert reply.status is Status.FOUND
    assert reply.tls is None
    assert said in reply.tls_error
    assert bool(reply.tls_error) == bool(said)


def test_no_encryption_where_all_is_to_be_encrypted() -> None:
    reply = asyncio.run(implicit(Server()))
    assert (reply.status, reply.why) == (Status.FAILED, Why.TLS)
    assert reply.detail == reply.tls_error
    assert "wrong version" in reply.tls_error or "record" in reply.tls_error


def test_a_handshake_that_stalls_is_no_fault_of_tls() -> None:
    async def stalling(reader: Reader, writer: Writer) -> None:
        for text in (b"220 a", b"250-a\r\n250 STARTTLS", b"220 go on"):
            writer.write(text + b"\r\n")
            await reader.readline()
        await reader.read()

    reply = dialled(stalling)
    assert (reply.status, reply.detail) == (Status.FOUND, "no reply in time")
    assert reply.starttls
    assert (reply.tls, reply.tls_error) == (None, "")
    stalled = asyncio.run(implicit(silent))
    assert (stalled.status, stalled.why) == (Status.FAILED, Why.TIMEOUT)


@pytest.mark.parametrize("newest", ["", "TLSv1.1"])
def test_who_hangs_up_is_not_known_to_have_no_tls(newest: str) -> None:
    async def closing(reader: Reader, writer: Writer) -> None:
        for text in (b"220 a", b"250-a\r\n250 STARTTLS", b"220 go on"):
            writer.write(text + b"\r\n")
            await reader.readline()

    reply = dialled(closing, newest=newest)
    assert (reply.status, reply.detail) == (Status.FOUND, HUNG_UP)
    assert reply.tls_error == (HUNG_UP if newest else "")


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example", "a\\032b.example", "", "_a.b"])
def test_names_that_no_handshake_can_carry(host: str) -> None:
    async def run() -> Dialled:
        async with serving(Server(context(LEAF))) as port:
            return await converse(Dial(host, "127.0.0.1", port), Caller(limits=HASTY))

    assert asyncio.run(run()).tls


@pytest.mark.parametrize(
    ("host", "who"),
    [("mail.example.com", "@example.com"), ("example.com", "@example.com"), ("a\\032b.c.d", "")],
)
def test_whose_mailboxes_are_asked_for(host: str, who: str) -> None:
    server = Server(ehlo=())

    async def run() -> Dialled:
        async with serving(server) as port:
            ask = Dial(host, "127.0.0.1", port, trials=(Trial.VRFY,))
            return await converse(ask, Caller(limits=HASTY))

    assert asyncio.run(run()).status is Status.FOUND
    assert f"VRFY postmaster{who}".encode() in server.heard


def hand_made(*chain: bytes) -> Script:
    """A server whose handshake is written by hand, and goes no further than its certificates."""

    async def script(reader: Reader, writer: Writer) -> None:
        for text in (b"220 a", b"250-a\r\n250 STARTTLS", b"220 go on"):
            writer.write(text + b"\r\n")
            await reader.readline()
        writer.write(flight(chain))
        await reader.read()

    return script


@pytest.mark.parametrize(
    "chain",
    [
        (b"",),
        (b"nonsense",),
        (LEAF.der[:-20],),
        (LEAF.der, b"\x30\x80" + b"x" * 50),
        (b"x" * 200_000,),
    ],
)
def test_certificates_that_nobody_can_read(chain: tuple[bytes, ...]) -> None:
    reply = dialled(hand_made(*chain))
    assert reply.status is Status.FOUND
    assert reply.tls is None
    assert reply.tls_error
    assert reply.tls_error.isprintable()


def test_absurd_certificates() -> None:
    many = leaf(*(f"host-{n}.example.com" for n in range(2000)))
    reply = dialled(Server(context(many)))
    assert reply.tls
    assert reply.tls.chain == (many.der,)
    more = leaf(*(f"host-{n}.a-long-name-of-a-domain.example.com" for n in range(10_000)))
    reply = dialled(Server(context(more)))
    assert reply.tls is None
    assert "excessive" in reply.tls_error
    nameless = ROOT.issue(title="nobody", key=ed25519.Ed25519PrivateKey.generate())
    assert dialled(Server(context(nameless))).tls


def test_a_server_that_does_not_say_goodbye() -> None:
    reply = dialled(Server(replies={b"QUIT": b""}, ehlo=()))
    assert (reply.status, reply.why, reply.detail) == (Status.FOUND, None, "")
    reply = dialled(Server(replies={b"QUIT": b"421 nonsense\r\n"}, ehlo=()))
    assert (reply.status, reply.detail) == (Status.FOUND, "")


async def silent(reader: Reader, writer: Writer) -> None:
    await reader.read()


async def dripping(reader: Reader, writer: Writer) -> None:
    while True:
        writer.write(b"2")
        await writer.drain()
        await asyncio.sleep(0.05)


async def endless(reader: Reader, writer: Writer) -> None:
    while True:
        writer.write(b"220-on and on\r\n")
        await writer.drain()


async def one_line(reader: Reader, writer: Writer) -> None:
    while True:
        writer.write(b"2" * 65536)
        await writer.drain()


async def closing(reader: Reader, writer: Writer) -> None:
    writer.close()


def saying(text: bytes) -> Script:
    async def script(reader: Reader, writer: Writer) -> None:
        writer.write(text)
        await reader.read()

    return script


@pytest.mark.parametrize(
    ("script", "why", "detail"),
    [
        (silent, Why.TIMEOUT, "no reply in time"),
        (dripping, Why.TIMEOUT, "no reply in time"),
        (endless, Why.GARBLED, "more than"),
        (one_line, Why.GARBLED, "more than"),
        (closing, Why.GARBLED, "closed"),
        (saying(b"SSH-2.0-OpenSSH_9.2\r\n"), Why.GARBLED, "no reply of SMTP: SSH-2.0"),
        (saying(b"\x1b[2J\x07\r\n"), Why.GARBLED, "no reply of SMTP"),
        (saying(b"220-a\r\n221 b\r\n"), Why.GARBLED, "different codes"),
        (saying(b"999 a\r\n"), Why.GARBLED, "no reply of SMTP"),
        (saying(b"421 too many connections\r\n"), Why.BUSY, "421 too many connections"),
        (Server(replies={b"EHLO": b"421 4.7.0 later\r\n"}), Why.BUSY, "421 4.7.0 later"),
    ],
)
def test_what_cannot_be_learned(script: Script, why: Why, detail: str) -> None:
    reply = dialled(script)
    assert (reply.status, reply.why) == (Status.FAILED, why)
    assert detail in reply.detail
    assert reply.detail.isprintable()


def test_nobody_there() -> None:
    reply = asyncio.run(converse(Dial("a", "127.0.0.1", 1), Caller(limits=HASTY)))
    assert (reply.status, reply.why) == (Status.FAILED, Why.UNREACHABLE)


def test_a_server_that_refuses_everybody_was_heard() -> None:
    server = Server(banner=b"554 5.7.1 no mail here\r\n")
    reply = dialled(server)
    assert reply.status is Status.FOUND
    assert reply.banner
    assert reply.banner.code == 554
    assert server.heard == []


def test_what_was_learned_before_the_end_is_kept() -> None:
    reply = dialled(Server(replies={b"EHLO": b"250-a\r\n"}))
    assert reply.status is Status.FOUND
    assert (reply.why, reply.detail, reply.ehlo) == (None, "no reply in time", None)


def test_nothing_that_steers_a_terminal_comes_through() -> None:
    reply = dialled(Server(banner=b"220 a\x1b[2J\xff\x9b b\r\n"))
    assert reply.banner
    assert all(line.isprintable() for line in reply.banner.lines)


def test_trials_are_made_on_request_only() -> None:
    server = Server(replies={b"VRFY": b"252 perhaps\r\n"})
    assert dialled(server).tried == ()
    reply = dialled(server, trials=(Trial.VRFY, Trial.RELAY))
    assert [(trial, said.code) for trial, said in reply.tried] == [(Trial.VRFY, 252)] * 2
    heard = [line for line in server.heard if line.startswith(b"VRFY")]
    assert heard == [
        b"VRFY postmaster@example.com",
        b"VRFY mailworthy-probe-nobody@example.com",
    ]
    assert b"MAIL" not in b"".join(server.heard)  # not from the server's own address


OWN = (
    b"MAIL FROM:<postmaster@example.com>",
    b"RCPT TO:<mailworthy-probe-nobody@example.org>",
    b"RSET",
)


@pytest.mark.parametrize(
    ("answer", "codes", "extra"),
    [(b"250 fine\r\n", [250], ()), (b"554 no\r\n", [554, 554], OWN)],
)
def test_relaying_is_tried_without_sending(
    answer: bytes, codes: list[int], extra: tuple[bytes, ...]
) -> None:
    server = Server(ehlo=(), replies={b"RCPT": answer})

    async def run() -> Dialled:
        async with serving(server, ip="127.0.0.2") as port:
            ask = Dial("mail.example.com", "127.0.0.2", port, trials=(Trial.RELAY,))
            return await converse(ask, Caller(limits=HASTY))

    reply = asyncio.run(run())
    assert [(trial, said.code) for trial, said in reply.tried] == [(Trial.RELAY, c) for c in codes]
    assert server.heard == [
        b"EHLO [127.0.0.1]",
        b"MAIL FROM:<>",
        b"RCPT TO:<mailworthy-probe-nobody@example.org>",
        b"RSET",
        *extra,
        b"QUIT",
    ]


async def read_all(pieces: list[bytes]) -> list[Said]:
    wire = Wire()
    for piece in pieces:
        wire.data_received(piece)
    wire.eof_received()
    found = []
    with suppress(Broken):
        while True:
            found.append(await wire.reply())
    return found


PIECES = st.sampled_from(
    [b"220", b"-", b" ", b"\r\n", b"\n", b"250-x", b"\x1b[2J", b"421 a", b"\xff"]
)


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=80) | PIECES, max_size=30))
def test_whatever_comes_is_a_reply_or_none(pieces: list[bytes]) -> None:
    whole, split = asyncio.run(read_all([b"".join(pieces)])), asyncio.run(read_all(pieces))
    assert whole == split
    assert all(200 <= said.code < 600 for said in whole)
    assert all(line.isprintable() for said in whole for line in said.lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"250 a\r\n", [Said(250, ("a",))]),
        (b"250\r\n", [Said(250, ("",))]),
        (b"250-a\n250-\n250 b\n220 c\n", [Said(250, ("a", "", "b")), Said(220, ("c",))]),
        (b"250a\r\n", []),
        (b" 250 a\r\n", []),
        (b"25 a\r\n", []),
        (b"199 a\r\n", []),
        (b"250 a", []),
        (b"250 " + b"x" * 2044 + b"\n", []),
    ],
)
def test_replies(text: bytes, said: list[Said]) -> None:
    assert asyncio.run(read_all([text])) == said


def test_a_line_is_kept_to_a_length() -> None:
    (said,) = asyncio.run(read_all([b"250 " + b"x" * 2000 + b"\n"]))
    assert len(said.lines[0]) == KEPT
