"""The server over real sockets: a mail server on the other side, as good or bad as it may be."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from mailworthy.lookup.drive import Resolver
from mailworthy.lookup.model import Ask, Reply
from mailworthy.milter import connection, server
from mailworthy.milter.handled import Handled
from mailworthy.milter.judge import Judge
from mailworthy.milter.wire import frames
from mailworthy.milter.wire.frames import Frame
from milterkit import Answer, answers, message_frames, opening, stream
from milterworld import LETTER, SPOOFER, judge, world

SLOW = 30.0  # seconds in which everything has to be over; nothing takes one


class Mta:
    """One connection of a mail server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def say(self, *given_frames: Frame) -> None:
        await self.octets(stream(given_frames))

    async def octets(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hear(self, count: int = 1) -> list[Answer]:
        """So many answers."""
        found = []
        for _ in range(count):
            head = await self.reader.readexactly(4)
            rest = await self.reader.readexactly(int.from_bytes(head, "big"))
            found += answers(head + rest)
        return found

    async def open(self, ip: str = "192.0.2.25") -> Answer:
        """From the offer to HELO; how the client is welcomed."""
        await self.say(*opening(ip, "mail.example.com" if ip == "192.0.2.25" else "bad.example"))
        return (await self.hear(2))[1]

    async def send(self, message: bytes = LETTER, **how: Any) -> list[Answer]:
        """A message, and what is answered from its end on."""
        told = message_frames(message, **how)
        chunks = sum(isinstance(frame, frames.Body) for frame in told)
        await self.say(*told)
        await self.hear(chunks)
        found = await self.hear()
        while found[-1].letter in "imhpq":
            found += await self.hear()
        return found

    async def closed(self) -> bool:
        """Whether the milter has ended the connection."""
        return await self.reader.read() == b""

    def close(self) -> None:
        self.writer.close()


class Counting:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []

    def handled(self, handled: Handled, seconds: float) -> None:
        self.told.append(("handled", handled.act.value))

    def connections(self, change: int) -> None:
        self.told.append(("connections", change))

    def in_flight(self, change: int) -> None:
        self.told.append(("in_flight", change))

    def error(self, kind: str) -> None:
        self.told.append(("error", kind))


class Lab:
    """A server under test with its log."""

    def __init__(self, made: Judge, resolver: Resolver, path: Path, grace: float = 5) -> None:
        self.raw: list[str] = []
        self.path = path
        self.stop = asyncio.Event()
        self.meter = Counting()
        self.server = server.Server(made, resolver, log=self.raw.append, meter=self.meter)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(str(path))
        self.socket.listen(64)
        run = self.server.run([self.socket], self.stop, grace=grace)
        self.task = asyncio.create_task(run)

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.raw]

    async def mta(self) -> Mta:
        return Mta(*await asyncio.open_unix_connection(self.path))

    async def end(self) -> None:
        self.stop.set()
        await self.task


Story = Callable[[Lab], Awaitable[None]]


def play(
    path: Path,
    story: Story,
    *,
    resolver: Resolver | None = None,
    grace: float = 5,
    **settings: object,
) -> list[dict[str, Any]]:
    """A story with a server in it; returns the log."""

    async def run() -> list[dict[str, Any]]:
        async with asyncio.timeout(SLOW):
            lab = Lab(judge(**settings), resolver or world(), path / "s", grace)
            await story(lab)
            await lab.end()
            return lab.log

    return asyncio.run(run())


def test_two_messages_on_one_connection(tmp_path: Path) -> None:
    async def story(lab: Lab) -> None:
        mta = await lab.mta()
        assert (await mta.open()).letter == "c"
        for _ in range(2):
            *changes, last = await mta.send()
            assert last.letter == "c"
            assert [c.field[0] for c in changes] == [b"Authentication-Results"]
        await mta.say(frames.Quit())
        assert await mta.closed()

    log = play(tmp_path, story)
    assert [line["event"] for line in log] == ["message", "message"]
    line = log[0]
    assert (line["queue_id"], line["client"], line["from"]) == (
        "4Qx",
        "192.0.2.25",
        "a@example.com",
    )
    assert (line["did"], line["origin"], line["author"]) == ("accepted", "outside", "example.com")
    assert line["checks"]["spf"] == "pass,pass"
    assert line["ms"] >= 0


def test_a_spoofer_is_refused_and_the_log_says_why(tmp_path: Path) -> None:
    async def story(lab: Lab) -> None:
        mta = await lab.mta()
        await mta.open(SPOOFER)
        (answer,) = await mta.send()
        assert answer.letter == "y"
        assert answer.text.startswith("550 5.7.26 ")

    (line,) = play(tmp_path, story)
    assert (line["did"], line["code"]) == ("refused", "550 5.7.26")
    assert line["reason"]


def test_what_strangers_write_stays_on_its_line(tmp_path: Path) -> None:
    async def story(lab: Lab) -> None:
        mta = await lab.mta()
        await mta.say(*opening(helo="a\r\n\x1b[31m\u202e"))
        await mta.hear(2)
        await mta.send(sender="x\udcff\n@y")
        (line,) = lab.raw
        assert line.endswith("}\n")
        assert line[:-1].isprintable()

    (told,) = play(tmp_path, story)
    assert told["from"] == "x\\xff\\x0a@y"


BROKEN = [
    (b"\0\0\0\0", "a frame of 0 octets"),
    (b"\xff\xff\xff\xffGET / HTTP", "a frame of 4294967295 octets"),
    (b"GET / HTTP/1.1\r\n", "a frame of 1195725856 octets"),
    (b"\0\0\0\1Z", "no frame begins with Z"),
    (stream([frames.Helo(b"x")]), "Helo before any offer"),
]


@pytest.mark.parametrize(("data", "why"), BROKEN, ids=[why for _, why in BROKEN])
def test_who_speaks_garbage_is_cut_off_and_nobody_else(
    tmp_path: Path, data: bytes, why: str
) -> None:
    async def story(lab: Lab) -> None:
        good, bad = await lab.mta(), await lab.mta()
        await good.open()
        await bad.octets(data)
        assert await bad.closed()
        assert (await good.send())[-1].letter == "c"

    log = play(tmp_path, story)
    assert [line["event"] for line in log] == ["malformed", "message"]
    assert log[0]["reason"].startswith(why)


def test_who_vanishes_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    async def story(lab: Lab) -> None:
        mta = await lab.mta()
        await mta.open()
        await mta.say(*message_frames(LETTER)[:-1])
        await mta.hear()
        mta.close()
        other = await lab.mta()
        await other.open()
        assert (await other.send())[-1].letter == "c"

    log = play(tmp_path, story, memory=len(LETTER) + 100)
    assert [line["event"] for line in log] == ["message"]


def test_half_a_frame_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "FRAME", 0.05)

    async def story(lab: Lab) -> None:
        mta = await lab.mta()
        await mta.open()
        await mta.octets(b"\0\0\0\5B1")
        assert await mta.closed()

    (line,) = play(tmp_path, story)
    assert (line["event"], line["reason"]) == ("idle", "half a frame for 0.05 s")


def test_a_drip_is_no_sign_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "FRAME", 0.1)

    async def story(lab: Lab) -> None:
        mta = await lab.mta()
        await mta.open()
        await mta.octets(b"\0\x0f\0\0B")
        with contextlib.suppress(ConnectionError):
            while not mta.reader.at_eof():
                await mta.octets(b"x")
                await asyncio.sleep(0)

    (line,) = play(tmp_path, story)
    assert line["event"] == "idle"


def test_who_says_nothing_at_all(tmp_path: Path) -> None:
    async def story(lab: Lab) -> None:
        mta = await lab.mta()
        assert await mta.closed()

    (line,) = play(tmp_path, story, idle=0.05)
    assert line["reason"] == "nothing for 0.05 s"


def test_who_makes_no_offer_is_not_waited_for_so_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "FRAME", 0.05)

    async def story(lab: Lab) -> None:
        quiet, good = await lab.mta(), await lab.mta()
        await good.open()
        assert await quiet.closed()
        assert (await good.send())[-1].letter == "c"

    log = play(tmp_path, story)
    assert [line["event"] for line in log] == ["idle", "message"]


def test_who_comes_beyond_the_limit_is_asked_to_come_again(tmp_path: Path) -> None:
    async def story(lab: Lab) -> None:
        first, second = await lab.mta(), await lab.mta()
        assert (await first.open()).letter == "c"
        assert (await second.open()).letter == "t"
        await first.say(frames.Quit())
        assert await first.closed()
        await second.say(frames.Quit())
        assert await second.closed()
        third = await lab.mta()
        assert (await third.open()).letter == "c"

    play(tmp_path, story, connections=1)


def test_a_large_message_is_skipped_and_marked(tmp_path: Path) -> None:
    async def story(lab: Lab) -> None:
        mta = await lab.mta()
        await mta.open()
        told = message_frames(LETTER + b"x" * 200_000, chunk=1 << 19)
        await mta.say(*told[:-2])
        assert (await mta.hear())[0].letter == "s"
        await mta.say(*told[-2:])
        insert, last = await mta.hear(2)
        assert (insert.letter, last.letter) == ("i", "c")
        assert b"not judged" in insert.field[1]

    (line,) = play(tmp_path, story, max_message=1000)
    assert line["judged"] is False


class Stuck:
    """A resolver that never answers, as long as nobody lets it."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.go = asyncio.Event()

    async def answer(self, ask: Ask, timeout: float | None) -> Reply:
        self.asked.set()
        await self.go.wait()
        return world().instant(ask)

    def run(self, work: Any) -> Any:
        raise AssertionError("not here")


class Broken:
    """A resolver with a fault."""

    def instant(self, ask: Ask) -> Reply:
        raise ZeroDivisionError("a fault\nof ours")


def test_a_deadline_ends_in_come_again(tmp_path: Path) -> None:
    async def story(lab: Lab) -> None:
        mta = await lab.mta()
        await mta.open()
        (answer,) = await mta.send()
        assert answer.letter == "y"
        assert answer.text.startswith("451 4.7.")

    (line,) = play(tmp_path, story, resolver=Stuck(), deadline=0.05)
    assert line["did"] == "deferred"


def test_a_sign_of_life_while_we_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PATIENCE", 0.02)
    stuck = Stuck()

    async def story(lab: Lab) -> None:
        mta = await lab.mta()
        await mta.open()
        await mta.say(*message_frames(LETTER))
        _, first, second = await mta.hear(3)
        assert (first.letter, second.letter) == ("p", "p")
        stuck.go.set()
        letters = [(await mta.hear())[0].letter for _ in range(2)]
        while letters[-1] != "c":
            letters.append((await mta.hear())[0].letter)
        assert "i" in letters

    play(tmp_path, story, resolver=stuck)


@pytest.mark.parametrize(("setting", "letter"), [("tempfail", "y"), ("accept", "c")])
def test_a_fault_of_ours_ends_one_message(tmp_path: Path, setting: str, letter: str) -> None:
    async def story(lab: Lab) -> None:
        mta = await lab.mta()
        await mta.open()
        for _ in range(2):
            assert (await mta.send())[-1].letter == letter

    log = play(tmp_path, story, resolver=Broken(), on_error=setting)
    assert [line["event"] for line in log] == ["error", "message"] * 2
    assert log[0]["reason"] == "ZeroDivisionError: a fault\\x0aof ours"
    assert log[0]["queue_id"] == "4Qx"


def test_new_settings_are_for_new_connections(tmp_path: Path) -> None:
    async def story(lab: Lab) -> None:
        old = await lab.mta()
        await old.open(SPOOFER)
        assert (await old.send())[-1].letter == "y"
        lab.server.use(judge(refuse=False))
        new = await lab.mta()
        await new.open(SPOOFER)
        assert (await new.send())[-1].letter == "c"
        assert (await old.send())[-1].letter == "y"

    play(tmp_path, story)


def test_the_end_waits_for_what_is_under_way(tmp_path: Path) -> None:
    stuck = Stuck()

    async def story(lab: Lab) -> None:
        idle, busy = await lab.mta(), await lab.mta()
        await idle.open()
        await busy.open()
        await busy.say(*message_frames(LETTER))
        await busy.hear()
        await stuck.asked.wait()
        lab.stop.set()
        assert await idle.closed()
        stuck.go.set()
        insert, last = await busy.hear(2)
        assert (insert.letter, last.letter) == ("i", "c")
        assert await busy.closed()
        with pytest.raises(OSError, match="refused"):
            await lab.mta()

    log = play(tmp_path, story, resolver=stuck)
    assert [line["event"] for line in log] == ["message"]


def test_what_never_ends_is_ended(tmp_path: Path) -> None:
    async def story(lab: Lab) -> None:
        mta = await lab.mta()
        await mta.open()
        await mta.say(*message_frames(LETTER))
        await mta.hear()
        await lab.end()
        assert await mta.closed()

    assert play(tmp_path, story, resolver=Stuck(), grace=0.05) == []


def test_everything_is_counted(tmp_path: Path) -> None:
    told: list[tuple[str, Any]] = []

    async def story(lab: Lab) -> None:
        mta = await lab.mta()
        await mta.open()
        await mta.send()
        await mta.octets(b"\0\0\0\0")
        assert await mta.closed()
        told.extend(lab.meter.told)

    play(tmp_path, story)
    assert told == [
        ("connections", 1),
        ("in_flight", 1),
        ("in_flight", -1),
        ("handled", "accepted"),
        ("error", "malformed"),
        ("connections", -1),
    ]


def test_many_connections_at_once_wait_until_they_are_taken(tmp_path: Path) -> None:
    """More than asyncio's own backlog of a hundred: a mail server that is not let in gives up."""

    async def story(lab: Lab) -> None:
        await (await lab.mta()).open()  # it listens
        with contextlib.ExitStack() as stack:
            for _ in range(300):  # without a chance to take one
                mta = stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
                mta.setblocking(False)
                mta.connect(str(tmp_path / "s"))

    play(tmp_path, story, grace=0.05)


def test_half_frames_are_memory_too(tmp_path: Path) -> None:
    """Who sends half of a large frame is cut off where there is no room; others are not."""
    half = b"\0\x10\0\0L" + b"x" * 200_000

    async def story(lab: Lab) -> None:
        first, second, good = [await lab.mta() for _ in range(3)]
        for each in (first, second, good):
            await each.open()
        await first.octets(half)
        while lab.server.held < len(half):
            await asyncio.sleep(0)
        with contextlib.suppress(ConnectionError):
            await second.octets(half)
            await second.closed()
        assert ("error", "memory") in lab.meter.told
        first.close()
        while lab.server.held:
            await asyncio.sleep(0)
        assert (await good.send())[-1].letter == "c"

    events = [line["event"] for line in play(tmp_path, story, memory=300_000)]
    assert sorted(events) == ["memory", "message"]


def test_a_frame_in_two_pieces_needs_no_room(tmp_path: Path) -> None:
    """Then the message hears that there is none, instead of the connection's end."""

    async def story(lab: Lab) -> None:
        mta = await lab.mta()
        await mta.open()
        told = stream(message_frames(LETTER))
        await mta.octets(told[:200])
        while not lab.server.held:
            await asyncio.sleep(0)
        await mta.octets(told[200:])
        assert [a.letter for a in await mta.hear(2)] == ["s", "y"]

    (line,) = play(tmp_path, story, memory=10)
    assert (line["did"], line["code"]) == ("deferred", "451 4.3.1")
