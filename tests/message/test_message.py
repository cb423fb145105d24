"""Messages cut out of any bytes, without changing one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.errors import UsageError
from mailworthy.message import Message, faults, read
from mailworthy.message.header import wire

PIECES = st.lists(
    st.sampled_from(
        [b"From", b"From ", b":", b" ", b"\t", b"\r", b"\n", b"\r\n", b"\0", b"a", b"\xff", b"\x0b"]
    ),
    max_size=30,
).map(b"".join)
ANY = st.one_of(PIECES, st.binary(max_size=60))

SHAPES = [
    # what came, the names, the body
    (b"", [], b""),
    (b"\r\n", [], b""),
    (b"\r\n\r\nx", [], b"\r\nx"),
    (b"A: 1\r\nB: 2\r\n\r\nbody\r\n", [b"a", b"b"], b"body\r\n"),
    (b"A: 1\nB: 2\n\nbody\n", [b"a", b"b"], b"body\r\n"),
    (b"A: 1\r\nB: 2\n\r\nbody", [b"a", b"b"], b"body"),
    (b"A: 1\r\nB: 2\r\n", [b"a", b"b"], b""),
    (b"A: 1\r\nB: 2", [b"a", b"b"], b""),
    (b"A: 1\r\n more\r\n\tand more\r\nB: 2\r\n\r\n", [b"a", b"b"], b""),
    (b"A: 1\r\n \r\n still\r\n\r\nx", [b"a"], b"x"),
    (b"From : a@example.com\r\n\r\n", [b"from"], b""),
    (b"From  : a@example.com\r\n\r\n", [b"from"], b""),
    (b"From\t: a@example.com\r\n\r\n", [b"from"], b""),
    (b"From\r\n : a@example.com\r\n\r\n", [b"from"], b""),
    (b"From \r\n : a@example.com\r\n\r\n", [b"from"], b""),
    (b"From joe Mon Nov 23 12:00:00 2026\r\nA: 1\r\n\r\nx", [b"a"], b"x"),
    (b"From joe", [], b""),
    (b" From: a@example.com\r\nA: 1\r\n\r\n", [b" from", b"a"], b""),
    (b"no field at all\r\nA: 1\r\n\r\nx", [b"", b"a"], b"x"),
    (b": no name\r\n\r\n", [b""], b""),
    (b"A: 1\rB: 2\r\n\r\nx", [b"a"], b"x"),
    (b"A: 1\r\r\nB: 2\r\n\r\nx\r", [b"a", b"b"], b"x\r"),
    (b"From\0: a\r\n\r\n", [b"from\0"], b""),
]


@pytest.mark.parametrize(("data", "names", "body"), SHAPES)
def test_shapes(data: bytes, names: list[bytes], body: bytes) -> None:
    message = read(data)
    assert list(message.names) == names
    assert message.body == body


def test_a_field_is_a_span() -> None:
    message = read(b"Subject: one\r\n two\r\nTo:x\r\nSubject : three\r\n\r\nbody")
    first, second = message.named(b"subject")
    assert (first.index, second.index) == (0, 2)
    assert first.raw == message.data[first.start : first.end] == b"Subject: one\r\n two"
    assert second.raw == message.data[second.start : second.end]
    assert second.value == b" three"
    assert message.count(b"subject") == 2
    assert message.named(b"cc") == ()


def test_mbox_does_not_shift_spans() -> None:
    message = read(b"From joe today\nA: 1\nB: 2\n\nx")
    assert [message.data[f.start : f.end] for f in message.fields] == [b"A: 1", b"B: 2"]


@given(ANY)
def test_nothing_is_lost_or_made_up(data: bytes) -> None:
    message = read(data)
    assert message.given == data
    ended = b"\r\n\r\n" if message.lines else b"\r\n"
    whole = b"\r\n".join(message.lines) + (ended if message.divided else b"") + message.body
    rest = message.data[message.header_at :]
    assert rest in (whole, whole + b"\r\n")
    assert [message.data[f.start : f.end] for f in message.fields] == list(message.lines)


@given(ANY)
def test_wire_form_has_no_lone_lf(data: bytes) -> None:
    once = wire(data)
    assert once.count(b"\n") == once.count(b"\r\n")
    assert wire(once) is once
    assert once.replace(b"\r\n", b"\n") == data.replace(b"\r\n", b"\n")


@given(ANY)
def test_faults_never_raise_and_lie_inside(data: bytes) -> None:
    message = read(data)
    for problem in faults(message):
        assert 0 <= problem.start < problem.end <= len(message.data) + 1


FAULTS = [
    (b"From: a\r\n\r\nx\r\n", set()),
    (b"From: a\n\nx\n", {"lone-lf"}),
    (b"From: a\r\n\r\nx\ry\r\n", {"lone-cr"}),
    (b"From: a\r\n\r\nx\0\r\n", {"nul"}),
    (b"From: a\r\n\r\n" + b"x" * 998 + b"\r\n", set()),
    (b"From: a\r\n\r\n" + b"x" * 999 + b"\r\n", {"long-line"}),
    (b"From: a\r\n\r\n" + b"x" * 999, {"long-line"}),
    (b"From: a\r\n\r\n" + b"x" * 998, set()),
    (b"From: a\r\n", {"no-empty-line"}),
    (b"From: a\r\nnonsense\r\n\r\n", {"not-a-field"}),
    (b"", {"no-empty-line"}),
]


@pytest.mark.parametrize(("data", "codes"), FAULTS)
def test_faults(data: bytes, codes: set[str]) -> None:
    assert {problem.code for problem in faults(read(data))} == codes


def test_reading_twice_is_reading_once() -> None:
    message = read(b"A: 1\r\n\r\n")
    assert read(message) is message
    assert read(bytearray(b"A: 1\r\n\r\n")) == message
    assert isinstance(message, Message)


def test_text_is_refused() -> None:
    with pytest.raises(UsageError, match="not str"):
        read("From: a\r\n\r\n")  # type: ignore[arg-type]


MBOX_LINES = [
    b"From joe Mon Nov 23",
    b"From bank: a@bank.example",
    b"From a : b@bank.example",
    b"From x",
]


@pytest.mark.parametrize("first", MBOX_LINES)
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_over_smtp_no_line_is_that_of_an_mbox_file(first: bytes, end: bytes) -> None:
    octets = first + end + b"From: a@example.com" + end + end + b"body"
    stored, came = read(octets), read(octets, mbox=False)
    assert stored.lines == (b"From: a@example.com",)
    assert came.lines == (first, b"From: a@example.com")
    assert (came.header_at, came.body) == (0, b"body")
    assert came.header == first + b"\r\nFrom: a@example.com"
    assert read(came) is came
    assert faults(came) != faults(stored) or b":" in first


def test_without_such_a_line_it_makes_no_difference() -> None:
    octets = b"From : a@example.com\r\nSubject: x\r\n\r\nbody"
    assert read(octets, mbox=False) == read(octets)


@pytest.mark.parametrize("body", [b"a\r\n", b"a\n", b"a\r\r\n", b"a\r\n\n", b"\r\r\n\n", b"a\r"])
def test_a_large_message_is_read_as_a_small_one(body: bytes) -> None:
    """The line ends of large ones are looked for without a copy."""
    filling = b"x" * 998 + b"\r\n"
    small, large = (read(b"A: b\r\n\r\n" + filling * many + body) for many in (1, 100))
    assert large.lone_cr == small.lone_cr
    assert large.data.removeprefix(b"A: b\r\n\r\n" + filling * 99) == small.data[8:]
