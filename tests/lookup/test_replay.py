"""Recordings and replays."""

import asyncio
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.lookup.drive import Instant, Waiting, drive
from mailworthy.lookup.lines import decode, encode
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import (
    Answer,
    Ask,
    Dial,
    Dialled,
    Encryption,
    Fetch,
    Fetched,
    Handshake,
    Question,
    Reply,
    Said,
    Status,
    Trial,
    Why,
    fetch,
)
from mailworthy.lookup.model import ask as asking
from mailworthy.lookup.replay import Recorder, Replay, ReplayError, Scoped

NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
HEAD = '{"kind":"run","now":"2026-07-01T12:00:00Z","version":"1","settings":{"dns":"system"}}\n'
LINE = (
    '{"kind":"dns","name":"_dmarc.example.com","type":"TXT","status":"found","ttl":300,'
    '"ad":false,"chain":[],"rcode":"NOERROR","records":["v=DMARC1; p=none"]}\n'
)

text = st.text(st.characters(max_codepoint=255), max_size=20)
words = st.text("abc.", max_size=8)
whys = st.none() | st.sampled_from(Why)
answers = st.builds(
    Answer,
    st.builds(Question, words, st.sampled_from(["A", "TXT"])),
    st.sampled_from(Status),
    whys,
    st.lists(text, max_size=3).map(tuple),
    st.integers(0, 2**31),
    st.booleans(),
    st.lists(words, max_size=3).map(tuple),
    words,
    st.lists(st.integers(0, 65535), max_size=2).map(tuple),
    st.lists(st.lists(st.integers(0, 9), max_size=2).map(tuple), max_size=2).map(tuple),
    words,
    st.floats(0, 1e6),
)
fetches = st.builds(
    Fetched,
    st.builds(Fetch, words, st.integers(1, 99), st.floats(1, 9)),
    st.sampled_from(Status),
    whys,
    text,
    st.integers(0, 599),
    text,
    st.binary(max_size=30),
    st.floats(0, 1e6),
)
replies_of = st.builds(Said, st.integers(200, 599), st.lists(text, max_size=3).map(tuple))
said = st.none() | replies_of
dials = st.builds(
    Dialled,
    st.builds(
        Dial,
        words,
        words,
        st.integers(1, 65535),
        st.sampled_from(Encryption),
        words,
        st.lists(st.sampled_from(Trial), max_size=2, unique=True).map(tuple),
    ),
    st.sampled_from(Status),
    whys,
    text,
    said,
    said,
    said,
    st.none() | st.builds(Handshake, text, text, st.lists(st.binary(max_size=9)).map(tuple), text),
    text,
    said,
    st.lists(st.tuples(st.sampled_from(Trial), replies_of), max_size=2).map(tuple),
    st.floats(0, 1e6),
)


def recorded(resolver: Any, *asks: Ask) -> bytes:
    sink = io.BytesIO()
    with Recorder(resolver, sink, now=NOW, version="1", settings={"dns": "system"}) as recorder:
        for ask in asks:
            recorder.instant(ask)  # type: ignore[union-attr]
    return sink.getvalue()


@given(answers | fetches | dials)
def test_lines_survive(reply: Reply) -> None:
    line = encode(reply)
    assert b"\n" not in line
    assert decode(line) == reply
    assert encode(decode(line)) == line


def test_the_form_of_a_recording() -> None:
    zone = '_dmarc.example.com. 300 TXT "v=DMARC1; p=none"'
    data = recorded(Memory.from_zone(zone), Question("_dmarc.example.com", "TXT"))
    assert data.decode() == HEAD + LINE


def test_what_says_nothing_is_not_written() -> None:
    zone = "x. TXT a b\n"
    data = recorded(
        Memory.from_zone(zone), Question("x", "TXT"), Question("y", "A"), Fetch("https://z/")
    )
    assert data.decode().splitlines()[1:] == [
        '{"kind":"dns","name":"x","type":"TXT","status":"found","ttl":3600,"ad":false,"chain":[],'
        '"rcode":"NOERROR","records":["ab"],"splits":[[1]]}',
        '{"kind":"dns","name":"y","type":"A","status":"failed","why":"outside","ttl":0,"ad":false,'
        '"chain":[],"rcode":"","records":[]}',
        '{"kind":"fetch","url":"https://z/","max_bytes":65536,"timeout":60.0,"status":"failed",'
        '"why":"no_means","code":0}',
    ]


def fitting(reply: Fetched) -> Fetched:
    """No resolver gives more of a body than was asked for."""
    return msgspec.structs.replace(reply, body=reply.body[: reply.ask.max_bytes])


@given(st.lists(answers | fetches.map(fitting) | dials, max_size=6))
def test_a_replay_says_the_same_and_records_the_same(replies: list[Reply]) -> None:
    lines = b"".join(encode(reply) + b"\n" for reply in replies)
    replay = Replay.read(io.BytesIO(HEAD.encode() + lines))
    first: dict[Any, Reply] = {}
    for reply in replies:
        ask = reply.ask
        where = (ask.url,) if isinstance(ask, Fetch) else ask
        first.setdefault(where, reply)
    for reply in first.values():
        assert replay.instant(reply.ask) == reply
    asks = [r.ask for r in replies]
    again = recorded(replay, *asks)
    assert recorded(Replay.read(io.BytesIO(again)), *asks) == again


def test_limits_of_size_and_time_do_not_make_another_ask() -> None:
    reply = Fetched(Fetch("https://a/"), Status.FOUND, code=200, body=b"12345")
    replay = Replay.read(io.BytesIO(HEAD.encode() + encode(reply) + b"\n"))
    other = replay.instant(Fetch("https://a/", max_bytes=5, timeout=1.0))
    assert (other.ask, other.status) == (Fetch("https://a/", 5, 1.0), Status.FOUND)
    assert replay.instant(Fetch("https://a/", max_bytes=4)).why is Why.OVERSIZE
    assert replay.instant(Fetch("https://b/")).why is Why.NOT_RECORDED
    assert replay.instant(Question("a", "A")).why is Why.NOT_RECORDED
    assert replay.instant(Dial("a")).why is Why.NOT_RECORDED


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("", ""),
        ("\n", ":1"),
        (LINE, ":1"),
        (HEAD.rstrip(), ":1"),
        ('{"kind":"run","version":"1"}\n', ":1"),
        (HEAD.replace("Z", ""), ":1"),
        (HEAD + "nonsense\n", ":2"),
        (HEAD + "\n", ":2"),
        (HEAD + "[]\n", ":2"),
        (HEAD + "{}\n", ":2"),
        (HEAD + LINE + LINE[:-1], ":3"),
        (HEAD + LINE + LINE[:40] + "\n", ":3"),
        (HEAD + LINE.replace("found", "lost"), ":2"),
        (HEAD + LINE.replace('"dns"', '"other"'), ":2"),
        (HEAD + LINE.replace('"dns"', '["dns"]'), ":2"),
        (HEAD + LINE.replace('"name":"_dmarc.example.com",', ""), ":2"),
        (HEAD + LINE.replace("300", '"300"'), ":2"),
        (HEAD + '{"kind":"fetch","url":"u","status":"found","body":"*"}\n', ":2"),
        (HEAD + "\x00\x1b\n", ":2"),
    ],
)
def test_what_is_no_recording(content: str, line: str, tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(content)
    with pytest.raises(ReplayError) as caught:
        Replay.load(path)
    assert str(caught.value).startswith(f"{path}{line}: ")
    assert str(caught.value).isprintable()


def test_unknown_keys_are_ignored_and_the_first_reply_counts() -> None:
    other = LINE.replace("p=none", "p=reject").replace("}", ',"new":[1]}')
    replay = Replay.read(io.BytesIO((HEAD.replace("}}", '},"new":1}') + other + LINE).encode()))
    answer = replay.instant(Question("_dmarc.example.com", "TXT"))
    assert isinstance(answer, Answer)
    assert answer.records == ("v=DMARC1; p=reject",)
    assert (replay.header.now, replay.header.version, len(replay)) == (NOW, "1", 1)
    assert replay.header.settings == {"dns": "system"}


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    with Recorder(Memory([]), path, now=NOW, version="1") as recorder:
        recorder.instant(Question("a", "A"))  # type: ignore[union-attr]
        assert not path.exists()
    recorder.close()
    assert [p.name for p in tmp_path.iterdir()] == ["run.jsonl"]
    assert len(Replay.load(path)) == 1
    with pytest.raises(ReplayError, match="cannot be written"):
        Recorder(Memory([]), tmp_path / "none" / "x", now=NOW, version="1")


class Full(io.BytesIO):
    """A disk without room."""

    def write(self, data: Any, /) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_told() -> None:
    with pytest.raises(ReplayError, match="No space left"):
        Recorder(Memory([]), Full(), now=NOW, version="1")


class Slow:
    """A resolver that does I/O: it knows of one name, and waits for ever for the others."""

    async def answer(self, ask: Ask, timeout: float | None = None) -> Reply:
        if ask != Question("fast", "A"):
            await asyncio.Event().wait()
        assert isinstance(ask, Question)
        return Answer(ask, Status.FOUND, records=("192.0.2.1",))

    def run(self, work: Any) -> Any:
        return asyncio.run(work)


def test_a_run_that_met_its_deadline_replays_the_same(tmp_path: Path) -> None:
    asks = (Question("fast", "A"), Question("slow", "A"))
    path = tmp_path / "run.jsonl"
    with Recorder(Slow(), path, now=NOW, version="1") as recorder:
        assert isinstance(recorder, Waiting)
        live = drive(asking(*asks), recorder, deadline=0.05)
    assert [a.why for a in live] == [None, Why.DEADLINE]
    assert drive(asking(*asks), Replay.load(path)) == live


def test_each_kind_of_resolver_keeps_its_kind() -> None:
    memory = Recorder(Memory([]), io.BytesIO(), now=NOW, version="1")
    assert isinstance(memory, Instant)
    assert not isinstance(memory, Waiting)
    slow = Recorder(Slow(), io.BytesIO(), now=NOW, version="1")
    assert isinstance(slow, Waiting)
    assert not isinstance(slow, Instant)
    assert drive(fetch("https://a/"), memory).why is Why.NO_MEANS


def scoped(resolver: Any, scope: str) -> Any:
    assert isinstance(resolver, Scoped)
    return resolver.scoped(scope)


class Awaking:
    """A resolver whose answers change while it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asked += 1
        if self.asked == 1:
            return Answer(ask, Status.FAILED, Why.TIMEOUT, rcode="", server="one", ms=9.0)
        return Answer(ask, Status.FOUND, records=("192.0.2.1",), server="two", ms=float(self.asked))


def test_runs_that_were_told_different_things_are_kept_apart(tmp_path: Path) -> None:
    question, path = Question("a", "A"), tmp_path / "run.jsonl"
    late = Answer(question, Status.FAILED, Why.DEADLINE, rcode="")
    with Recorder(Awaking(), path, now=NOW, version="1") as recorder:
        told = {run: scoped(recorder, run).instant(question) for run in ("one", "two", "three")}
        for run in ("four", "two"):
            told[run] = late
            scoped(recorder, run).note(late)
    assert [json.loads(line).get("for") for line in path.read_text().splitlines()] == [
        *(None, None),
        *("two", "three", "four"),
    ]
    replay = Replay.load(path)
    for run, reply in told.items():
        assert scoped(replay, run).instant(question) == reply
    assert replay.instant(question).why is Why.TIMEOUT
    assert scoped(replay, "another").instant(question).why is Why.TIMEOUT


def test_no_recording_of_a_run_that_failed(tmp_path: Path) -> None:
    recorder = Recorder(Memory([]), tmp_path / "run.jsonl", now=NOW, version="1")
    recorder.instant(Question("a", "A"))  # type: ignore[union-attr]
    with pytest.raises(ReplayError), recorder:
        raise ReplayError("stopped")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_where_the_name_is_taken(tmp_path: Path) -> None:
    recorder = Recorder(Memory([]), tmp_path / "run.jsonl", now=NOW, version="1")
    (tmp_path / "run.jsonl").mkdir()
    with pytest.raises(ReplayError, match="cannot be written"):
        recorder.close()
    assert [p.name for p in tmp_path.iterdir()] == ["run.jsonl"]


@pytest.mark.parametrize("content", ["", HEAD, HEAD + "cut off"])
def test_a_recording_takes_the_place_of_another(content: str, tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(content)
    Recorder(Memory([]), path, now=NOW, version="1").close()
    assert Replay.load(path).header.now == NOW


def test_no_other_file_is_replaced_by_a_recording(tmp_path: Path) -> None:
    zone, link = tmp_path / "example.com.zone", tmp_path / "link"
    zone.write_text("example.com. A 192.0.2.1\n")
    link.symlink_to("run.jsonl")
    for path in (zone, link, tmp_path):
        with pytest.raises(ReplayError, match="no recording"):
            Recorder(Memory([]), path, now=NOW, version="1")
    assert zone.read_text() == "example.com. A 192.0.2.1\n"
    assert link.is_symlink()
