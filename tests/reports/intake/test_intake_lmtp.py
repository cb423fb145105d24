"""LMTP: a yes for each recipient when it is stored, bounded whatever a client does."""

import asyncio
import smtplib
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

import intakekit as kit
from mailworthy.errors import UsageError
from mailworthy.reports.envelope import Limits
from mailworthy.reports.intake import place
from mailworthy.reports.intake.body import Body, Room
from mailworthy.reports.intake.desk import Desk
from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.lmtp.lines import Closed, Lines, TooLong
from mailworthy.reports.intake.lmtp.reply import Next
from mailworthy.reports.intake.lmtp.server import Server
from mailworthy.reports.intake.lmtp.talk import Talk, address
from mailworthy.reports.intake.place import Place
from mailworthy.store import Store, StoreBusy, StoreError, StoreFull

OWN = ("dmarc@example.com", "tls@example.com")
SMALL = Limits(mail=20_000)


@contextmanager
def listening(importer: Importer, path: Path) -> Iterator[str]:
    """A server on a socket."""
    ready, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def run() -> None:
        desk = Desk(importer)
        server = await place.listen(Place(path=str(path)), Server(desk, OWN).serve)
        ready.set()
        await stop.wait()
        server.close()
        desk.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield str(path)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def test_a_mail_is_stored_before_it_is_accepted(importer: Importer, tmp_path: Path) -> None:
    with listening(importer, tmp_path / "lmtp") as path, smtplib.LMTP(path) as client:
        assert client.sendmail("a@b.example", [OWN[0]], kit.report_mail(1)) == {}
        assert kit.ids(importer.store) == ["r1"]
        assert client.sendmail("a@b.example", ["DMARC+x@Example.com"], kit.report_mail(1)) == {}
        assert client.sendmail("", [OWN[0]], kit.OTHER) == {}
    assert kit.ids(importer.store) == ["r1"]
    assert [fault for fault, _ in kit.problems(importer.store)] == ["no-report"]
    assert stat.S_IMODE((tmp_path / "lmtp").stat().st_mode) == 0o660


def test_mail_for_others_is_not_taken(importer: Importer, tmp_path: Path) -> None:
    with listening(importer, tmp_path / "lmtp") as path, smtplib.LMTP(path) as client:
        refused = client.sendmail("a@b.example", ["joe@example.com", OWN[0]], kit.report_mail(1))
        assert {name: code for name, (code, _) in refused.items()} == {"joe@example.com": 550}
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("a@b.example", ["joe@example.com"], kit.report_mail(2))
    assert kit.ids(importer.store) == ["r1"]


class Broken(Importer):
    """Cannot store, or not for certain."""

    def __init__(self, store: Store, error: StoreError) -> None:
        super().__init__(store)
        self.error = error

    def settle(self) -> None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "code"), [(StoreBusy("locked"), 451), (StoreFull("no room"), 452)]
)
def test_what_is_not_stored_for_certain_is_not_accepted(
    mine: Store, tmp_path: Path, error: StoreError, code: int
) -> None:
    with listening(Broken(mine, error), tmp_path / "lmtp") as path, smtplib.LMTP(path) as client:
        client.ehlo()  # which says LHLO
        client.mail("a@b.example")
        for name in OWN:
            client.rcpt(name)
        assert client.data(kit.report_mail(1))[0] == code
        assert client.getreply()[0] == code  # one for each recipient
        assert client.noop()[0] == 250


def test_a_mail_that_is_too_large(mine: Store, tmp_path: Path) -> None:
    importer = Importer(mine, limits=SMALL)
    large = kit.OTHER + b"x\r\n" * 10_000
    with listening(importer, tmp_path / "lmtp") as path, smtplib.LMTP(path) as client:
        client.ehlo()  # which says LHLO
        assert client.mail("a@b.example", ["SIZE=20001"])[0] == 552
        client.mail("a@b.example")
        client.rcpt(OWN[0])
        assert client.data(large)[0] == 552
        assert client.sendmail("a@b.example", [OWN[0]], kit.report_mail(1)) == {}
    assert kit.sums(mine)["raws"] == 1


def test_clients_that_go_or_crowd_cost_nobody_anything(importer: Importer, tmp_path: Path) -> None:
    with listening(importer, tmp_path / "lmtp") as path:
        for said in (b"", b"\0\xff\r\n", b"x" * 100_000, b"LHLO x\r\nMAIL FROM:<>\r\nRCPT"):
            with socket.socket(socket.AF_UNIX) as rude:
                rude.connect(path)
                rude.sendall(said)
        crowd = [smtplib.LMTP(path) for _ in range(8)]
        with smtplib.LMTP(path) as client:
            assert client.sendmail("a@b.example", [OWN[0]], kit.report_mail(1)) == {}
        for one in crowd:
            one.close()


# Words and lines


def talked(*lines: bytes) -> list[str]:
    talk = Talk(OWN, 1000)
    return [talk.command(line).lines[-1][:3] for line in lines]


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ([b"LHLO me", b"MAIL FROM:<a@b>", b"RCPT TO:<tls@example.com>", b"DATA"],
         ["250", "250", "250", "354"]),
        ([b"lhlo me", b"mail from: <>", b"rcpt to:<TLS@EXAMPLE.COM> NOTIFY=NEVER", b"data"],
         ["250", "250", "250", "354"]),
        ([b"MAIL FROM:<a@b>", b"RCPT TO:<tls@example.com>", b"DATA"], ["503", "503", "503"]),
        ([b"HELO me", b"EHLO me", b"", b"STARTTLS", b"LHLO"], ["500", "500", "500", "500", "501"]),
        ([b"LHLO me", b"MAIL FROM:<a@b>", b"DATA"], ["250", "250", "503"]),
        ([b"LHLO me", b"MAIL FROM:<a>", b"MAIL FROM:<b>", b"RSET", b"MAIL FROM:<b>"],
         ["250", "250", "503", "250", "250"]),
        ([b"LHLO me", b"MAIL TO:<a>", b"MAIL FROM:a", b"MAIL", b"MAIL FROM:<a> SIZE=9999"],
         ["250", "501", "501", "501", "552"]),
        ([b"LHLO me", b"MAIL FROM:<a>", b"RCPT FROM:<tls@example.com>", b"RCPT TO:<>"],
         ["250", "250", "501", "550"]),
        ([b"NOOP", b"VRFY x", b"QUIT"], ["250", "252", "221"]),
        ([b"X"] * 22, ["500"] * 20 + ["421"] * 2),
    ],
)  # fmt: skip
def test_conversations(lines: list[bytes], codes: list[str]) -> None:
    assert talked(*lines) == codes


def test_recipients_have_an_end() -> None:
    talk = Talk(OWN, 1000)
    for line in (b"LHLO me", b"MAIL FROM:<>", *[b"RCPT TO:<tls@example.com>"] * 100):
        talk.command(line)
    assert talk.command(b"RCPT TO:<tls@example.com>").lines == ("452 4.5.3 too many recipients",)
    assert len(talk.ended("250 ok").lines) == 100
    assert talk.command(b"DATA").next is Next.COMMAND


@given(st.lists(st.binary(max_size=60)))
def test_no_line_upsets_it(lines: list[bytes]) -> None:
    talk = Talk(OWN, 1000)
    for line in lines:
        for said in talk.command(line).lines:
            assert said[:3].isdigit()
            assert said.isascii()


@pytest.mark.parametrize(
    ("one", "other"),
    [("A@B.example.", "a@b.EXAMPLE"), ("a+x+y@b", "a@b"), ("postmaster", "@postmaster")],
)
def test_addresses_that_are_one(one: str, other: str) -> None:
    assert address(one) == address(other)


def read(data: bytes, most: int, size: int) -> tuple[bytes | None, bytes]:
    """A mail and the line after it, from a client that sends pieces of a size."""

    async def run() -> tuple[bytes | None, bytes]:
        reader = asyncio.StreamReader()
        lines = Lines(reader)

        async def feed() -> None:
            for at in range(0, len(data), size):
                reader.feed_data(data[at : at + size])
                await asyncio.sleep(0)
            reader.feed_eof()

        feeding = asyncio.create_task(feed())
        with closing(Body(Room(1000), most)) as body:
            await lines.mail(body.write)
            raw = None if body.lack else body.read()
            assert not isinstance(raw, BinaryIO)
            found = raw, await lines.line()
        await feeding
        return found

    return asyncio.run(run())


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("sent", "mail"),
    [
        (b".\r\n", b""),
        (b"a\r\n.\r\n", b"a\r\n"),
        (b"..a\r\n..\r\n.b\r\n.\r\n", b".a\r\n.\r\nb\r\n"),
        (b"a\n.\nb\r\n.\r\n", b"a\n.\nb\r\n"),
        (b"a\r\n.\nb\r.\r\r\n.\r\n", b"a\r\n\nb\r.\r\r\n"),
        (b"123456789012\r\n.\r\n", None),
    ],
)
def test_mails_end_with_a_lone_dot_and_nothing_else(
    sent: bytes, mail: bytes | None, size: int
) -> None:
    assert read(sent + b"NEXT\r\n", 13, size) == (mail, b"NEXT") or len(mail or b"") > 13
    assert read(sent + b"NEXT\r\n", 13 if mail is None else 50, size) == (mail, b"NEXT")


@pytest.mark.parametrize(("data", "error"), [(b"half a line", Closed), (b"x" * 5000, TooLong)])
def test_lines_that_never_end(data: bytes, error: type[Exception]) -> None:
    async def run() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        await Lines(reader).line()

    with pytest.raises(error):
        asyncio.run(run())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("unix:/run/x", Place(path="/run/x")),
        ("127.0.0.1:24", Place(host="127.0.0.1", port=24)),
        ("[::1]:24", Place(host="::1", port=24)),
    ],
)
def test_places(text: str, found: Place) -> None:
    assert place.parse(text) == found


@pytest.mark.parametrize(
    "text", ["", "unix:", "0.0.0.0:24", "192.0.2.1:24", "127.0.0.1", "localhost:24", "[::]:24",
             "127.0.0.1:65536", "127.0.0.1:-1"],
)  # fmt: skip
def test_no_place_for_others(text: str) -> None:
    with pytest.raises(UsageError):
        place.parse(text)
