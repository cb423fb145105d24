"""Clients that crowd, drip and bring too much: the next report is still read, in bounded memory."""

import asyncio
import signal
import smtplib
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import intakekit as kit
import report_wraps as wraps
from mailworthy.reports.intake import http, place
from mailworthy.reports.intake.body import SMALL, Body, Lack, Room
from mailworthy.reports.intake.crowd import Bounds, Client, Crowd
from mailworthy.reports.intake.desk import Desk
from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.lmtp.lines import Lines
from mailworthy.reports.intake.lmtp.server import Server
from mailworthy.reports.intake.place import Place

OWN = "dmarc@example.com"
MAIL = f"LHLO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<{OWN}>\r\nDATA\r\n".encode()
POST = (
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/tlsrpt+json\r\n"
    b"Content-Length: %d\r\n\r\n"
)
FEW = Bounds(clients=3, patience=0.0, idle=30.0, body=30.0)


class Listening:
    """An LMTP server and an HTTP server on sockets."""

    def __init__(self, folder: Path) -> None:
        self.lmtp, self.http = str(folder / "lmtp"), str(folder / "http")

    def send(self, number: int) -> None:
        """Hand in a report as Postfix does."""
        with smtplib.LMTP(self.lmtp) as client:
            assert client.sendmail("a@b.example", [OWN], kit.report_mail(number)) == {}

    def begun(self, stack: ExitStack, path: str, said: bytes = b"") -> socket.socket:
        """A connection on which something was said and answered."""
        sock = stack.enter_context(socket.socket(socket.AF_UNIX))
        sock.settimeout(30)
        sock.connect(path)
        if path == self.lmtp:
            assert sock.recv(3) == b"220"
        sock.sendall(said)
        return sock


@contextmanager
def listening(importer: Importer, folder: Path, bounds: Bounds) -> Iterator[Listening]:
    """Both, in a thread."""
    ready, stop = threading.Event(), asyncio.Event()
    found = Listening(folder)
    loop = asyncio.new_event_loop()

    async def run() -> None:
        desk = Desk(importer)
        lmtp = Server(desk, [OWN], bounds=bounds).serve
        posts = http.Server(desk, ["example.com"], bounds=bounds).serve
        servers = [await place.listen(Place(path=found.lmtp), lmtp)]
        servers.append(await place.listen(Place(path=found.http), posts))
        ready.set()
        await stop.wait()
        for server in servers:
            server.close()
        desk.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield found
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def rest(sock: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    with sock.makefile("rb") as file:
        return file.read()


@pytest.mark.parametrize("said", [b"", b"NOOP\r\n", b"LHLO me\r\n", MAIL, MAIL + b"Subject: x"])
def test_who_brings_nothing_makes_room_for_the_next(
    importer: Importer, tmp_path: Path, said: bytes
) -> None:
    with listening(importer, tmp_path, FEW) as found, ExitStack() as stack:
        crowd = [found.begun(stack, found.lmtp, said) for _ in range(FEW.clients)]
        found.send(1)
        assert rest(crowd[0]).endswith(b"421 4.3.2 others are waiting, come again\r\n")
        found.send(2)
        crowd[2].sendall(b"\r\n.\r\nRSET\r\nQUIT\r\n")
        assert b"4.3.2" not in rest(crowd[2])
    assert kit.ids(importer.store) == kit.named([1, 2])


def test_where_nobody_can_go_the_next_is_asked_to_come_again(
    importer: Importer, tmp_path: Path
) -> None:
    patient = Bounds(clients=2, patience=3600.0)
    with listening(importer, tmp_path, patient) as found, ExitStack() as stack:
        crowd = [found.begun(stack, found.lmtp) for _ in range(2)]
        with pytest.raises(smtplib.SMTPConnectError) as told:
            found.send(1)
        assert told.value.smtp_code == 421
        crowd[0].sendall(b"QUIT\r\n")
        assert b"221" in rest(crowd[0])
        found.send(1)
    assert kit.ids(importer.store) == ["r1"]


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        (Bounds(idle=0.05), b"LHLO me\r\nMAIL"),
        (Bounds(body=0.05), MAIL + b"Subject: never"),
    ],
)
def test_who_is_silent_for_long_is_told_so(
    importer: Importer, tmp_path: Path, bounds: Bounds, said: bytes
) -> None:
    with listening(importer, tmp_path, bounds) as found, ExitStack() as stack:
        slow = found.begun(stack, found.lmtp, said)
        assert rest(slow).endswith(b"421 4.4.2 that took too long\r\n")
        assert kit.ids(importer.store) == []


def test_mails_that_are_too_much_together(importer: Importer, tmp_path: Path) -> None:
    """The second is put off; it also ends the one that took the room and does not go on."""
    bounds = Bounds(total=100_000, patience=0.0)
    line = b"x" * 998 + b"\r\n"
    with listening(importer, tmp_path, bounds) as found, ExitStack() as stack:
        slow = found.begun(stack, found.lmtp, MAIL + line * 99)
        with smtplib.LMTP(found.lmtp) as client:
            client.ehlo()  # which says LHLO
            codes = [250]
            while 452 not in codes[:-1]:
                client.mail("a@b.example")
                client.rcpt(OWN)
                large = kit.report_mail(len(codes)) + b"\n" + line * 30
                codes.append(client.data(large)[0])
                assert len(codes) < 50
        assert rest(slow).endswith(b"421 4.3.2 others are waiting, come again\r\n")
        assert codes[-2:] == [452, 250]
        found.send(100)
    assert {f"r{len(codes) - 1}", "r100"} <= set(kit.ids(importer.store))


@pytest.mark.parametrize("said", [b"", b"POST / HTTP/1.1\r\nHost", POST % 10, POST % 10 + b"{"])
def test_slow_posts_make_room_for_the_next(importer: Importer, tmp_path: Path, said: bytes) -> None:
    with listening(importer, tmp_path, FEW) as found, ExitStack() as stack:
        slow = [found.begun(stack, found.http, said) for _ in range(FEW.clients)]
        good = found.begun(stack, found.http, POST % len(wraps.JSON) + wraps.JSON)
        assert rest(good).split()[1] == b"201"
        assert rest(slow[0]).split()[1] == b"503"
    assert kit.ids(importer.store) == ["t1"]


def test_a_slow_post_has_an_end(importer: Importer, tmp_path: Path) -> None:
    with listening(importer, tmp_path, Bounds(body=0.05)) as found, ExitStack() as stack:
        assert rest(found.begun(stack, found.http, POST % 10)) == b""


def test_posts_that_are_too_much_together(importer: Importer, tmp_path: Path) -> None:
    bounds = Bounds(total=1000, patience=3600.0)
    with listening(importer, tmp_path, bounds) as found, ExitStack() as stack:
        large = found.begun(stack, found.http, POST % 2000 + b" " * 2000)
        assert rest(large).split()[1] == b"503"
        good = found.begun(stack, found.http, POST % len(wraps.JSON) + wraps.JSON)
        assert rest(good).split()[1] == b"201"


def test_large_mails_at_once_and_bombs_cost_little_memory(tmp_path: Path) -> None:
    path, limit = tmp_path / "lmtp", 100_000  # kB
    own = ["--recipient", OWN, "--domain", "example.com"]
    process = subprocess.Popen(
        [sys.executable, "-m", "mailworthy", "reports", "listen", "--no-verify", *own,
         "--lmtp", f"unix:{path}", "--http", f"unix:{tmp_path}/http",
         "--store", str(tmp_path / "s.db")],
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    assert [process.stderr.readline().split()[0] for _ in range(2)] == [b"listening"] * 2
    try:
        mail = kit.report_mail(1).replace(b"\n", b"\r\n") + (b"y" * 998 + b"\r\n") * 24_000
        many = [threading.Thread(target=sent, args=(path, mail)) for _ in range(5)]
        for each in many:
            each.start()
        for each in many:
            each.join()
        for bomb in (wraps.JSON.replace(b'"t1"', b'"%s"' % (b"a" * (60 << 20))),
                     b"[" + b"[1]," * (8 << 20), b" " * (63 << 20), b"{" * (60 << 20)):  # fmt: skip
            posted(tmp_path / "http", wraps.gzip.compress(bomb, 1))
        status = Path(f"/proc/{process.pid}/status").read_text()
        peak = int(status.partition("VmHWM:")[2].split()[0])
        assert peak < limit
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stderr.read() == b""
        process.stderr.close()


def sent(path: Path, mail: bytes) -> None:
    """Send a mail in raw octets; what is answered does not matter but is awaited."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(path))
        sock.sendall(MAIL + mail + b".\r\nQUIT\r\n")
        assert rest(sock).splitlines()[-1].startswith(b"221")


def posted(path: Path, body: bytes) -> None:
    """Post something that is refused."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(path))
        sock.sendall((POST % len(body)).replace(b"json", b"gzip") + body)
        assert rest(sock).split()[1] == b"400"


# Rules


class Time:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def crowd(clients: int, patience: float) -> tuple[Crowd, Time]:
    clock = Time()
    return Crowd(Bounds(clients=clients, patience=patience), clock), clock


def entered(crowd: Crowd, name: str) -> Client:
    found = crowd.enter(name, lambda: None)
    assert found is not None
    return found


def test_those_who_are_most_pay_first() -> None:
    mine, clock = crowd(3, 5.0)
    alone = entered(mine, "alone")
    clock.now = 10.0
    first, second = entered(mine, "many"), entered(mine, "many")
    clock.now = 16.0
    entered(mine, "next")
    assert [each.ousted for each in (alone, first, second)].count(True) == 1
    assert not alone.ousted


def test_who_waits_for_us_or_has_just_brought_something_stays() -> None:
    mine, clock = crowd(2, 5.0)
    first, second = entered(mine, "a"), entered(mine, "a")
    first.busy = True
    clock.now = 6.0
    mine.served(second)
    assert mine.enter("a", lambda: None) is None
    mine.served(first)
    clock.now = 10.0
    assert mine.enter("a", lambda: None) is None
    clock.now = 11.0
    assert mine.enter("a", lambda: None) is not None
    mine.leave(first)
    mine.leave(second)
    assert mine.enter("a", lambda: None) is not None


def test_only_who_brings_something_takes_room() -> None:
    mine, _ = crowd(3, 0.0)
    idle, slow = entered(mine, "a"), entered(mine, "b")
    assert not mine.oust(bringing=True)
    slow.bringing = True
    assert mine.oust(bringing=True)
    assert (idle.ousted, slow.ousted) == (False, True)


@given(st.lists(st.binary(max_size=40)), st.integers(0, 100), st.integers(0, 100))
def test_room_is_given_back(pieces: list[bytes], room: int, most: int) -> None:
    mine, whole = Room(room), b"".join(pieces)
    with closing(Body(mine, most)) as body:
        for piece in pieces:
            body.write(piece)
            assert 0 <= mine.left <= room
        if body.lack is None:
            assert body.read() == whole
            assert mine.left == room - len(whole)
        else:
            assert mine.left == room
            assert len(whole) > (most if body.lack is Lack.SIZE else room)
    assert mine.left == room


def test_a_large_body_lies_on_the_disc() -> None:
    with closing(Body(Room(1 << 20), 1 << 20)) as body:
        body.write(b"x" * (SMALL + 1))
        found = body.read()
        assert not isinstance(found, bytes)
        assert found.read() == b"x" * (SMALL + 1)


_PIECES = st.lists(st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.", b"\r\n..", b"ab"]))


@given(_PIECES.map(b"".join), st.lists(st.integers(1, 9), max_size=60))
def test_a_mail_is_the_same_however_it_comes(sent: bytes, sizes: list[int]) -> None:
    """As one whole it is what RFC 5321 §4.5.2 says; in pieces it is the same."""
    whole = b"\r\n" + sent + b"\r\n.\r\n"
    end = whole.index(b"\r\n.\r\n")
    mail = whole[: end + 2].replace(b"\r\n.", b"\r\n")[2:]
    assert asyncio.run(_read(whole[2:], sizes)) == mail


async def _read(data: bytes, sizes: list[int]) -> bytes:
    reader = asyncio.StreamReader()
    had = bytearray()

    async def feed() -> None:
        at = 0
        for size in [*sizes, len(data)]:
            reader.feed_data(data[at : at + size])
            await asyncio.sleep(0)
            at += size

    feeding = asyncio.create_task(feed())
    await Lines(reader).mail(had.extend)
    await feeding
    return bytes(had)
