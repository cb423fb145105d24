"""Laws: nothing raises, nothing passes by chance, nothing explodes, nothing steers a terminal."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arc_forge import MESSAGE, NOW, attempt, check, forge, record, sealed
from mailworthy import arc
from mailworthy.arc import engine
from mailworthy.arc.fields import read_message_signature, read_results, read_seal
from mailworthy.arc.sets import MAX_SETS, read_chain
from mailworthy.dkim.result import Result as Signed
from mailworthy.errors import UsageError
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed
from mailworthy.message.header import read

PIECES = st.sampled_from(
    [
        *(b"ARC-Seal:", b"ARC-Message-Signature:", b"ARC-Authentication-Results:"),
        *(b"i=1;", b"i=2;", b" i = 51 ;", b"a=rsa-sha256;", b"cv=none;", b"cv=pass;", b"cv=fail;"),
        *(b"d=example.com;", b"s=sel;", b"b=AAAA;", b"bh=AAAA;", b"h=from:to;", b"l=1;", b"x=1;"),
        *(b"\r\n", b"\r\n ", b"\n", b"\r", b"(", b")", b'"', b"\\", b";", b"=", b"\0", b"\x1b[2J"),
        *(b"\xff", b"\xe2\x80\xae", b"mx; spf=pass", b"From: a\r\n", b"\r\n\r\n"),
    ]
)
JUNK = st.lists(PIECES | st.binary(max_size=5), max_size=40).map(b"".join)
# Junk, and good chains with junk in them.
MESSAGES = JUNK | st.builds(
    lambda good, at, junk, cut: (
        good[: int(at * len(good))] + junk + good[int(at * len(good)) + cut :]
    ),
    st.sampled_from([forge(), forge(forge()), sealed(), forge(seal={"cv": "fail"})]),
    st.floats(0, 1),
    JUNK,
    st.integers(0, 30),
)
TEXTS = st.sampled_from([record(), "v=DKIM1; p=", "", "v=DKIM1; k=rsa; p=AAAA", "\xff\0"])


class Anything:
    """Answers whatever it is told to."""

    def __init__(self, draw: Callable[[], Any]) -> None:
        self.draw = draw
        self.asked = 0

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asked += 1
        found = self.draw()
        if isinstance(found, Why):
            return failed(ask, found)
        status = Status.FOUND if found else Status.ABSENT
        return Answer(ask, status, records=tuple(found))


ANSWERS = st.sampled_from(list(Why)) | st.lists(TEXTS | st.text(max_size=20), max_size=5)


@given(st.data(), MESSAGES)
def test_nothing_raises_and_every_word_is_plain(data: st.DataObject, message: bytes) -> None:
    resolver = Anything(lambda: data.draw(ANSWERS))
    found = check(message, resolver)
    assert resolver.asked <= 2 * MAX_SETS
    assert is_plain(found.reason)
    for one in found.instances:
        for signature in (one.seal, one.message_signature):
            assert is_plain(signature.reason)
    assert (found.result is arc.Result.NONE) == (read_chain(read(message)) is None)
    if found.result is arc.Result.PASS:
        assert all(s.seal.result is Signed.PASS for s in found.instances)
        assert found.instances[-1].message_signature.result is Signed.PASS
    else:
        assert found.oldest_pass is None


def is_plain(text: str) -> bool:
    """Printable ASCII, but for the sign of ours that something was cut."""
    return text.replace("…", "").isascii() and text.isprintable()


@given(MESSAGES)
def test_sealing_whatever_came_adds_a_set_or_nothing(message: bytes) -> None:
    found = check(message)
    if not read(message).count(b"from") or read(message).header[:1] in (b" ", b"\t"):
        with pytest.raises(UsageError, match=r"without From|begins with a folded line"):
            attempt(message, found)
        return
    done = attempt(message, found)
    assert done.message.endswith(message[-20:])
    if done.refused is None:
        after = check(done.message)
        assert after.code == ("failed-before" if found.result is arc.Result.FAIL else "good")
    else:
        assert done.message == message


@given(st.binary(max_size=200) | JUNK)
def test_reading_a_field_gives_a_place_or_none(value: bytes) -> None:
    for reader in (read_results, read_message_signature, read_seal):
        found = reader(value)
        assert found.instance is None or 0 <= found.instance <= 99
        signature = found.signature
        assert signature.record is None or not signature.problems


@given(st.data())
def test_whatever_octet_of_a_set_changes_is_noticed(data: st.DataObject) -> None:
    """All three fields but white space, and letters where case does not count."""
    good = forge(forge())
    end = good.index(b"Received:")
    at = data.draw(st.integers(0, end - 1))
    octet = data.draw(st.integers(33, 126))
    changed = good[:at] + bytes([octet]) + good[at + 1 :]
    if changed.lower() != good.lower() and not same_octets(changed, good):
        assert check(changed).result is not arc.Result.PASS


def same_octets(changed: bytes, good: bytes) -> bool:
    """Whether only the last character of the newest b= changed, in bits that stand for nothing."""
    one, other = (read(m).lines[0].rstrip(b"=")[:-1] for m in (changed, good))
    return one == other and read_chain(read(changed)) == read_chain(read(good))


BIG = 1_000_000
SETS = forge()[: -len(MESSAGE)]


def many(field: bytes) -> bytes:
    return field * (BIG // len(field)) + MESSAGE


def each(value: bytes, size: int = 16000) -> bytes:
    """Fifty sets with as much of this in each field as is read."""
    junk = value * (size // len(value))
    fields = (b"ARC-Seal", b"ARC-Message-Signature", b"ARC-Authentication-Results")
    return (
        b"".join(b"%s: i=%d; %s\r\n" % (name, i, junk) for i in range(1, 51) for name in fields)
        + MESSAGE
    )


HOSTILE = {
    "sets": many(SETS),
    "seals": many(b"ARC-Seal: i=1\r\n"),
    "empty": many(b"ARC-Seal:\r\n"),
    "folds": b"ARC-Seal: i=1" + b"\r\n " * (BIG // 3) + b"\r\n" + MESSAGE,
    "comments": b"ARC-Authentication-Results:" + b"(" * BIG + b"\r\n" + MESSAGE,
    "quotes": b"ARC-Authentication-Results: ()" + b'"' * BIG + b"\r\n" + MESSAGE,
    **{f"each {junk!r}": each(junk) for junk in (b"(", b"a=b; ", b";", b"=", b" ", b"i=1;", b"()")},
    "results": each(b"spf=pass ", 20000),
    "body": sealed() + b"a  \t b \r\n" * (BIG // 10),
    "body of spaces": sealed(MESSAGE + b" " * BIG, times=3),
    "empty lines": sealed(MESSAGE + b"\r\n" * (BIG // 2), times=3),
    "header": sealed(b"Subject: " + b"a " * (BIG // 2) + b"\r\n" + MESSAGE, times=8),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_of_anything_ends(name: str) -> None:
    found = check(HOSTILE[name])
    expected = arc.Result.PASS if name in ("body of spaces", "empty lines", "header") else None
    assert found.result is (expected or arc.Result.FAIL), found.reason


def test_a_thousand_sets_ask_nobody() -> None:
    message = SETS * 1000 + MESSAGE
    with pytest.raises(StopIteration) as stop:
        next(engine.verify(message, now=NOW))
    assert stop.value.value.code == "too-many-sets"
