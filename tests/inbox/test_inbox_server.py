"""The inbox from end to end: spoken to over sockets, judged with a zone, pages on the disc."""

import asyncio
import json
import os
import re
import socket
import ssl
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certificates import issued
from mailworthy.cli.inbox import command
from mailworthy.errors import UsageError
from mailworthy.inbox.boxes import Box, Boxes
from mailworthy.inbox.edge.desk import Desk, Told
from mailworthy.inbox.edge.pages import MOST_PAGES, Folder, Full
from mailworthy.inbox.edge.server import How, Server
from mailworthy.inbox.view import Arrived, View, view
from mailworthy.lookup.memory import Memory
from mailworthy.receive.engine import Options
from mailworthy.receive.load import names
from mailworthy.reports.intake.crowd import peer

ZONE = """$ORIGIN a.example.
@ 60 SOA ns a 1 2 3 4 5
@ 60 MX 10 mail
@ 60 TXT "v=spf1 ip4:192.0.2.1 -all"
_dmarc 60 TXT "v=DMARC1; p=reject"
mail 60 A 192.0.2.1
"""
MAIL = (
    "From: a@a.example\r\nTo: me@t.example\r\nDate: Mon, 23 Nov 2026 18:00:00 +0000\r\n"
    "Message-ID: <x@a.example>\r\nSubject: x\r\n\r\nx\r\n"
)
RECEIVED = (
    "Received: from mail.a.example (unknown [192.0.2.1])\r\n\tby mx.t.example (Postfix) with "
    "ESMTPS id 4AAAA;\r\n\tMon, 23 Nov 2026 18:00:01 +0000 (UTC)\r\n"
)
ME = Box("me@t.example", "box-me-at-t.example")


class World:
    """A listener on a socket in a folder, and what it told."""

    def __init__(self, folder: Path, *, lmtp: bool = False, most: int = 100_000) -> None:
        self.path = str(folder / "sock")
        self.pages = Folder(folder / "pages")
        self.pages.prepare()
        self.told: list[Told] = []
        self.lmtp, self.most = lmtp, most

    async def talk(self, *lines: str) -> list[str]:
        """What is said to some lines, the mail among them; each with its reply."""
        resolver = Memory.from_zone(ZONE)
        desk = Desk(resolver, tuple(names()), Options(), self.told.append, folder=self.pages)
        server = Server(
            Boxes(("me@t.example",)), desk.take, How("in.example", self.most, self.lmtp)
        )
        listener = await asyncio.start_unix_server(server.serve, self.path)
        async with listener:
            reader, writer = await asyncio.open_unix_connection(self.path)
            replies = [await _reply(reader)]
            for line in lines:
                writer.write(f"{line}\r\n".encode())
                await writer.drain()
                replies.append(await _reply(reader))
            writer.close()
        return replies

    def hear(self, *lines: str) -> list[str]:
        return asyncio.run(asyncio.wait_for(self.talk(*lines), 20))


async def _reply(reader: asyncio.StreamReader) -> str:
    while True:
        line = (await reader.readline()).decode()
        if line[3:4] != "-":
            return line.rstrip()


SAID = ("MAIL FROM:<a@a.example>", "RCPT TO:<me@t.example>", "DATA")


def test_a_mail_becomes_a_page_with_every_profile(tmp_path: Path) -> None:
    world = World(tmp_path)
    replies = world.hear("EHLO x", "XCLIENT ADDR=192.0.2.1 HELO=mail.a.example", *SAID, f"{MAIL}.")
    assert replies[-1] == "250 2.0.0 judged"
    (page,) = (tmp_path / "pages" / ME.name).glob("*.html")
    (data,) = (tmp_path / "pages" / ME.name).glob("*.json")
    verdict = json.loads(data.read_text())["verdict"]
    assert [each["profile"] for each in verdict["decisions"]] == list(names())
    assert verdict["envelope"]["ip"] == "192.0.2.1"
    assert verdict["spf"]["result"] == "pass"
    html = page.read_text()
    assert "Content-Security-Policy" in html
    assert all(name in html for name in names())
    (told,) = world.told
    assert "To me@t.example" in told.text
    assert told.pages == (str(page),)


def test_by_lmtp_the_client_is_that_of_the_server_in_front(tmp_path: Path) -> None:
    world = World(tmp_path, lmtp=True)
    replies = world.hear("LHLO x", *SAID, f"{RECEIVED}{MAIL}.")
    assert replies[-1] == "250 2.0.0 judged"
    (data,) = (tmp_path / "pages" / ME.name).glob("*.json")
    verdict = json.loads(data.read_text())["verdict"]
    assert verdict["envelope"] == {
        "ip": "192.0.2.1",
        "helo": "mail.a.example",
        "mail_from": "a@a.example",
        "rcpt_to": ["me@t.example"],
        "tls": True,
        "received_at": "2026-11-23T18:00:01Z",
    }
    assert verdict["authentication_results"]["authserv_id"] == "mx.t.example"


def test_a_mail_of_nobody_known_is_taken_and_not_judged(tmp_path: Path) -> None:
    world = World(tmp_path, lmtp=True)
    replies = world.hear("LHLO x", *SAID, f"{MAIL}.")
    assert "not judged" in replies[-1]
    assert "cannot be judged" in world.told[0].text
    assert not list((tmp_path / "pages").glob("*/*.html"))


def test_a_mail_that_is_too_large_is_refused(tmp_path: Path) -> None:
    world = World(tmp_path, most=1000)
    replies = world.hear("EHLO x", *SAID, f"{MAIL}{'x' * 2000}\r\n.")
    assert replies[-1].startswith("552 5.3.4")
    assert world.told == []


def test_a_full_box_takes_no_more(tmp_path: Path) -> None:
    world = World(tmp_path)
    box = tmp_path / "pages" / ME.name
    box.mkdir()
    for n in range(MOST_PAGES):
        (box / f"20261123T180000Z-{n:08x}.html").touch()
    replies = world.hear("EHLO x", "XCLIENT ADDR=192.0.2.1", *SAID, f"{MAIL}.")
    assert replies[-1].startswith("452")
    assert len(list(box.iterdir())) == MOST_PAGES


def test_pages_do_not_go_where_a_link_leads(tmp_path: Path) -> None:
    """They would be counted by nobody, and never removed."""
    world = World(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "pages" / ME.name).symlink_to(tmp_path / "elsewhere")
    replies = world.hear("EHLO x", "XCLIENT ADDR=192.0.2.1", *SAID, f"{MAIL}.")
    assert replies[-1].startswith("451")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    world = World(tmp_path)
    evil = '<script>alert(1)</script>"\x1b]0;x\x07'
    mail = MAIL.replace("From: a@a.example", f"From: {evil} <a@a.example>")
    lines = (f"EHLO {evil.replace(' ', '')}", "XCLIENT ADDR=192.0.2.1 HELO=<b>x</b>", *SAID)
    world.hear(*lines, f"{mail}.")
    (page,) = (tmp_path / "pages" / ME.name).glob("*.html")
    html = page.read_text()
    assert "<script" not in html
    assert "<b>" not in html
    assert "\x1b" not in html
    assert "\x1b]" not in world.told[0].text


def test_a_client_that_hangs_up_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)

    async def half() -> None:
        await world.talk("EHLO x", *SAID)

    asyncio.run(asyncio.wait_for(half(), 20))
    assert world.told == []


def test_commands_that_come_before_tls_are_not_heard(tmp_path: Path) -> None:
    """RFC 3207 §6: somebody in between may have added them."""
    path = str(tmp_path / "sock")

    async def judge(_mail: Arrived, _boxes: tuple[Box, ...]) -> str:
        raise AssertionError("nothing is handed over")

    async def talk() -> bytes:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server = Server(Boxes(("me@t.example",)), judge, How("in.example", tls=tls))
        async with await asyncio.start_unix_server(server.serve, path):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(b"EHLO x\r\nSTARTTLS\r\nMAIL FROM:<evil@x.example>\r\n")
            said = await reader.read(-1)
            writer.close()
        return said

    said = asyncio.run(asyncio.wait_for(talk(), 20))
    assert b"220 2.0.0 go ahead\r\n" in said
    assert b"250 2.1.0" not in said


def test_commands_that_are_still_on_their_way_to_us_are_not_heard(tmp_path: Path) -> None:
    """What asyncio holds when TLS begins came before it too: more than is read at once."""
    path = str(tmp_path / "sock")
    greeting, last = b"EHLO x\r\n", b"STARTTLS\r\n"
    noops = (b"NOOP" + b" " * 4000 + b"\r\n") * 16
    rest = (1 << 16) - len(greeting) - len(noops) - len(last)
    first = greeting + noops + b"NOOP".ljust(rest - 2) + b"\r\n" + last

    async def judge(_mail: Arrived, _boxes: tuple[Box, ...]) -> str:
        raise AssertionError("nothing is handed over")

    async def talk(tail: bytes) -> list[bool]:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server = Server(Boxes(("me@t.example",)), judge, How("in.example", tls=tls))
        begun: list[bool] = []

        async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            async def start_tls(_context: ssl.SSLContext) -> None:
                begun.append(True)

            writer.start_tls = start_tls  # type: ignore[method-assign, assignment]
            reader.feed_data(first + tail)  # as if it had come at once
            await server.serve(reader, writer)

        async with await asyncio.start_unix_server(served, path):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write_eof()
            await reader.read(-1)
            writer.close()
        return begun

    assert len(first) == 1 << 16
    for tail, begun in ((b"", [True]), (b"MAIL FROM:<evil@x.example>\r\n", [])):
        assert asyncio.run(asyncio.wait_for(talk(tail), 20)) == begun


def test_who_sends_much_under_tls_and_hangs_up_leaves_no_noise(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Answers to nobody are not sent for long: asyncio complains of each."""
    made = issued(["in.example"])
    secret = made.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    both = tmp_path / "both.pem"
    both.write_bytes(made.certificate.public_bytes(Encoding.PEM) + secret)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(both)
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE

    async def judge(_mail: Arrived, _boxes: tuple[Box, ...]) -> str:
        raise AssertionError("nothing is handed over")

    async def talk() -> None:
        server = Server(Boxes(("me@t.example",)), judge, How("in.example", tls=tls))
        ended = asyncio.Event()

        async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await server.serve(reader, writer)
            ended.set()

        async with await asyncio.start_server(served, "127.0.0.1", 0) as listening:
            reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
            writer.write(b"EHLO x\r\nSTARTTLS\r\n")
            await reader.readuntil(b"220 2.0.0 go ahead\r\n")
            await writer.start_tls(trust)
            writer.write(b"NOOP\r\n" * 10_000)
            writer.transport.abort()
            await ended.wait()

    asyncio.run(asyncio.wait_for(talk(), 20))
    assert len(caplog.records) < 5


@pytest.mark.parametrize("octets", [b"\0" * 100_000, b"x" * 100_000, b"\xff\r\n" * 50])
def test_garbage_ends_the_conversation(tmp_path: Path, octets: bytes) -> None:
    world = World(tmp_path)

    async def talk() -> bytes:
        desk = Desk(Memory.from_zone(ZONE), ("strict",), Options(), world.told.append)
        server = Server(Boxes(("me@t.example",)), desk.take, How("in.example"))
        async with await asyncio.start_unix_server(server.serve, world.path):
            reader, writer = await asyncio.open_unix_connection(world.path)
            writer.write(octets)
            said = await reader.read(-1)
            writer.close()
        return said

    said = asyncio.run(asyncio.wait_for(talk(), 20))
    assert said.splitlines()[-1][:3] in (b"500", b"421")
    assert world.told == []


# What is judged


def arrived(data: str, client: str = "") -> Arrived:
    at = datetime(2026, 11, 23, 18, tzinfo=UTC)
    return Arrived(
        data.encode(), client, "helo.example", "p@a.example", ("me@t.example",), at, True
    )


def test_whoever_connects_is_the_client() -> None:
    seen = view(arrived(RECEIVED + MAIL, "198.51.100.7"))
    assert isinstance(seen, View)
    assert (seen.envelope.ip, seen.envelope.helo) == ("198.51.100.7", "helo.example")
    assert seen.message.count(b"received") == 1


class LinkLocal:
    """A connection over one link."""

    def get_extra_info(self, name: str) -> object:
        place = ("fe80::1%eth0", 25, 0, 2)
        return place if name == "peername" else SimpleNamespace(family=socket.AF_INET6)


def test_a_client_on_the_same_link_has_an_address_without_its_zone() -> None:
    client = peer(cast(asyncio.StreamWriter, LinkLocal()))
    seen = view(arrived(MAIL, client))
    assert isinstance(seen, View)
    assert seen.envelope.ip == "fe80::1"


def test_the_return_path_is_that_of_the_session() -> None:
    seen = view(arrived("Return-Path: <forged@x.example>\r\n" + RECEIVED + MAIL))
    assert isinstance(seen, View)
    assert seen.envelope.mail_from == "p@a.example"
    assert not any("return path" in each for each in seen.assumptions)


# The folder


def test_an_address_that_was_given_out_is_known_until_it_is_too_old(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out", days=1)
    address = folder.give("t.example")
    token, _, domain = address.partition("@")
    assert re.fullmatch(r"[a-z2-7]{16}", token)
    assert folder.knows(token, domain)
    assert not folder.knows(token, "other.example")
    assert not folder.knows("../../etc", domain)
    old = time.time() - 2 * 86_400
    os.utime(tmp_path / "out" / "given" / token, (old, old))
    assert not folder.knows(token, domain)
    assert folder.clean() == 1
    assert not list((tmp_path / "out" / "given").iterdir())


def test_pages_go_when_they_are_old_and_other_files_stay(tmp_path: Path) -> None:
    folder = Folder(tmp_path, days=1)
    folder.prepare()
    page = folder.write(ME, datetime.now(UTC), "<p>", "{}")
    others = [page.parent / "notes.txt", tmp_path / "site/index.html", tmp_path / "given/notes"]
    for other in others:
        other.parent.mkdir(exist_ok=True)
        other.touch()
    (tmp_path / "empty").mkdir()
    assert folder.clean() == 0
    old = time.time() - 2 * 86_400
    for path in (*page.parent.iterdir(), *others):
        os.utime(path, (old, old))
    assert folder.clean() == 2
    assert all(other.exists() for other in others)
    assert (tmp_path / "empty").is_dir()
    others[0].unlink()
    folder.clean()
    assert not page.parent.exists()


def test_there_are_so_many_pages_and_no_more(tmp_path: Path) -> None:
    folder = Folder(tmp_path, most=2)
    folder.prepare()
    for name in ("a", "b"):
        folder.write(Box(name, f"box-{name}"), datetime.now(UTC), "<p>", "{}")
    with pytest.raises(Full):
        folder.room(Box("c", "box-c"))


# The command


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ((), "nothing to listen on"),
        (("--smtp", "127.0.0.1:0"), "mail for whom"),
        (("--smtp", "127.0.0.1:0", "--domain", "t.example"), "needs --out"),
        (("--smtp", "nowhere", "--address", "me@t.example"), "no place to listen"),
        (("--new",), "--new needs"),
        (("--smtp", "127.0.0.1:0", "--address", "nobody"), "no mail address"),
    ],
)
def test_misuse(argv: tuple[str, ...], words: str) -> None:
    result = CliRunner().invoke(command, argv)
    assert isinstance(result.exception, UsageError)
    assert words in str(result.exception)


def test_a_new_address_is_printed(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["--new", "--domain", "T.example", "--out", str(tmp_path)])
    assert result.exit_code == 0
    assert re.fullmatch(r"[a-z2-7]{16}@t\.example\n", result.stdout)


def test_what_is_written_is_for_its_owner_alone(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        folder = Folder(tmp_path / "out")
        folder.give("example.com")
        folder.write(ME, datetime.now(UTC), "page", "data")
    finally:
        os.umask(old)
    found = [folder.path, *folder.path.rglob("*")]
    assert {(p.is_dir(), p.stat().st_mode & 0o777) for p in found} == {
        (True, 0o700),
        (False, 0o600),
    }
