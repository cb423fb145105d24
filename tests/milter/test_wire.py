"""Frames of the milter protocol: what is said comes back, and nothing else gets through."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.errors import UsageError
from mailworthy.milter.wire import frames, replies
from mailworthy.milter.wire.decode import MAX_MACROS, Malformed, decode
from mailworthy.milter.wire.reader import MAX_FRAME, Reader
from mailworthy.milter.wire.words import Command, Family, Stage
from milterkit import Answer, answers, octets, stream

TEXT = st.binary(max_size=40).map(lambda data: data.replace(b"\0", b""))
NAME = st.from_regex(rb"[a-z_]{1,12}", fullmatch=True)
U32 = st.integers(0, 2**32 - 1)
FRAMES = st.one_of(
    st.builds(frames.Optneg, U32, U32, U32),
    st.builds(
        frames.Macro,
        st.sampled_from(Command),
        st.lists(st.tuples(NAME, TEXT), max_size=5).map(tuple),
    ),
    st.builds(
        frames.Connect,
        TEXT,
        st.sampled_from([Family.INET, Family.INET6, Family.UNIX]),
        st.integers(0, 65535),
        TEXT,
    ),
    st.builds(frames.Connect, TEXT, st.just(Family.UNKNOWN)),
    st.builds(frames.Helo, TEXT),
    st.builds(frames.Mail, TEXT, st.lists(TEXT, max_size=3).map(tuple)),
    st.builds(frames.Rcpt, TEXT, st.lists(TEXT, max_size=3).map(tuple)),
    st.builds(frames.Header, TEXT, st.binary(max_size=60)),
    st.builds(frames.Body, st.binary(max_size=200)),
    st.builds(frames.Eob, st.binary(max_size=20)),
    st.builds(frames.Unknown, TEXT),
    st.sampled_from([frames.Data(), frames.Eoh(), frames.Abort(), frames.Quit(), frames.QuitNc()]),
)


@given(FRAMES)
def test_a_frame_comes_back(frame: frames.Frame) -> None:
    assert decode(octets(frame)[4:]) == frame


@given(st.lists(FRAMES, max_size=8), st.lists(st.integers(1, 30), min_size=1, max_size=20))
def test_the_pieces_do_not_matter(given_frames: list[frames.Frame], sizes: list[int]) -> None:
    data, reader, found, turn = stream(given_frames), Reader(), [], 0
    while data:
        size = sizes[turn % len(sizes)]
        found += reader.feed(data[:size])
        data, turn = data[size:], turn + 1
    assert found == given_frames
    assert not reader.pending


@given(st.binary(max_size=300))
def test_garbage_is_malformed_or_a_frame(data: bytes) -> None:
    reader = Reader(100)
    with contextlib.suppress(Malformed):
        for frame in reader.feed(data):
            assert decode(octets(frame)[4:]) == frame


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"?", "no frame begins with ?"),
        (b"\xff", r"no frame begins with \255"),
        (b"", "no frame begins with nothing"),
        (b"O\0\0\0\6", "an offer of 4 octets, of 12 at least"),
        (b"DM" + b"a\0b\0c\0", "a macro without a value"),
        (b"D", "macros for nothing, which is no command"),
        (b"D?a\0b\0", "macros for ?, which is no command"),
        (b"DMa\0b", "macros without an end"),
        (b"DM" + b"a\0b\0" * (MAX_MACROS + 1), f"{MAX_MACROS + 1} macros at once"),
        (b"DM" + b"a" * 70_000, "macros of 70001 octets"),
        (b"Chost", "a client without a family"),
        (b"Chost\0", "a client without a family"),
        (b"Chost\x009\0\0", "a client of the family 9"),
        (b"Chost\x004\0\0", "a client without an address"),
        (b"Chost\x004\0\x19192.0.2.1", "a client without an address"),
        (b"Chost\x004\0\x19192.0.2.1\0x\0", "a client with two addresses"),
        (b"Hname", "HELO has to be one text"),
        (b"Ha\0b\0", "HELO has to be one text"),
        (b"M", "MAIL without an address"),
        (b"Ra", "RCPT without an end"),
        (b"LSubject", "a header field without an end"),
        (b"LSubject\0x", "a header field without an end"),
        (b"Qx", "QUIT with 1 octets too many"),
        (b"T\0", "DATA with 1 octets too many"),
    ],
)
def test_what_no_mail_server_says(payload: bytes, why: str) -> None:
    with pytest.raises(Malformed) as error:
        decode(payload)
    assert str(error.value) == why


def test_a_value_may_hold_octets_of_value_zero() -> None:
    assert decode(b"LX\0a\0b\0") == frames.Header(b"X", b"a\0b")


@pytest.mark.parametrize("length", [0, MAX_FRAME + 1, 2**32 - 1])
def test_a_frame_of_no_length_or_too_much_is_seen_by_its_length(length: int) -> None:
    reader = Reader()
    with pytest.raises(Malformed, match=f"a frame of {length} octets"):
        list(reader.feed(struct.pack(">I", length)))


def test_what_came_before_it_is_still_told() -> None:
    reader = Reader()
    found = reader.feed(octets(frames.Data()) + b"\0\0\0\0")
    assert next(found) == frames.Data()
    with pytest.raises(Malformed):
        next(found)


def test_a_frame_that_is_not_whole_is_waited_for() -> None:
    reader = Reader()
    assert list(reader.feed(b"\0\0\0\5B12")) == []
    assert reader.pending
    assert list(reader.feed(b"34")) == [frames.Body(b"1234")]
    assert not reader.pending


REPLIES: list[tuple[replies.Reply, Answer]] = [
    (replies.Accept(), Answer("a")),
    (replies.Continue(), Answer("c")),
    (replies.Reject(), Answer("r")),
    (replies.Tempfail(), Answer("t")),
    (replies.Discard(), Answer("d")),
    (replies.Skip(), Answer("s")),
    (replies.Progress(), Answer("p")),
    (replies.AddHeader(b"X-A", b" b"), Answer("h", b"X-A\0 b\0")),
    (replies.InsertHeader(0, b"X-A", b" b\r\n\tc"), Answer("i", b"\0\0\0\0X-A\0 b\n\tc\0")),
    (replies.ChangeHeader(3, b"X-A"), Answer("m", b"\0\0\0\3X-A\0\0")),
    (replies.Quarantine("why\r\nnot"), Answer("q", b"why\\013\\010not\0")),
    (
        replies.Options(6, 0x31, 0x7, ((Stage.MAIL, "i {auth_authen}"),)),
        Answer("O", b"\0\0\0\6\0\0\0\x31\0\0\0\7\0\0\0\2i {auth_authen}\0"),
    ),
    (replies.ReplyCode("550", "5.7.1", "no 5%"), Answer("y", b"550 5.7.1 no 5%%\0")),
    (replies.ReplyCode("421", "", ""), Answer("y", b"421 refused\0")),
]


@pytest.mark.parametrize(("reply", "answer"), REPLIES, ids=lambda each: type(each).__name__)
def test_replies_are_written(reply: replies.Reply, answer: Answer) -> None:
    assert answers(replies.encode(reply)) == [answer]


@given(st.text(max_size=2000))
def test_a_reply_is_smtp_whatever_its_text(text: str) -> None:
    reply = replies.encode(replies.ReplyCode("550", "5.7.26", text))
    (answer,) = answers(reply)
    lines = answer.text.split("\r\n")
    assert [line[:4] for line in lines] == ["550-"] * (len(lines) - 1) + ["550 "]
    for line in lines:
        assert line[4:].startswith("5.7.26 ")
        assert line.isprintable()
        assert len(line) <= 510
    assert len(lines) <= 32


def test_long_words_and_texts_are_cut_into_lines() -> None:
    (answer,) = answers(replies.encode(replies.ReplyCode("450", "4.7.1", "a" * 1000 + " b")))
    lines = [line[10:] for line in answer.text.split("\r\n")]
    assert lines == ["a" * 400, "a" * 400, "a" * 200 + " b"]


@pytest.mark.parametrize(
    ("code", "enhanced"),
    [("250", ""), ("55", ""), ("550", "4.7.1"), ("550", "5.7"), ("5500", ""), ("550\r\n", "")],
)
def test_a_code_that_refuses_nothing(code: str, enhanced: str) -> None:
    with pytest.raises(UsageError):
        replies.ReplyCode(code, enhanced, "no")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (b"X-A", b" b\r\nBcc: c"),
        (b"X-A", b" b\n"),
        (b"X-A", b" b\rc"),
        (b"X-A", b" b\0"),
        (b"X A", b"b"),
        (b"X:", b"b"),
        (b"", b"b"),
    ],
)
def test_nothing_gets_out_of_a_field(name: bytes, value: bytes) -> None:
    for reply in (replies.InsertHeader(0, name, value), replies.AddHeader(name, value)):
        with pytest.raises(UsageError):
            replies.encode(reply)
