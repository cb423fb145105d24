"""dkimpy beside us: each validates what the other seals, and both judge what was changed.

Where we differ, a class below says when and which section makes us right. A class is a question
about the message, never a list of cases.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import event, given, settings
from hypothesis import strategies as st

from arc_forge import KEYS, RSA, attempt, forge, record
from mailworthy import arc
from mailworthy.arc.sets import read_chain
from mailworthy.message.authres import field
from mailworthy.message.authresmodel import AuthResults, MethodResult
from mailworthy.message.header import Message, read

theirs = pytest.importorskip("dkim", reason="dkimpy is among the oracles")
pytestmark = [
    pytest.mark.oracle,
    pytest.mark.skipif(find_spec("authres") is None, reason="dkimpy seals with authres"),
]

NOW = datetime.now(UTC)  # dkimpy reads the clock
PEM = RSA.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
FEW = settings(max_examples=min(600, settings().max_examples))  # dkimpy takes its time


def ours_say(message: bytes) -> str:
    return arc.verify(message, resolver=KEYS, now=NOW).result.value


def they_say(message: bytes) -> str:
    def answer(name: bytes, timeout: int = 5) -> bytes | None:
        found = name.decode().rstrip(".") == "sel._domainkey.example.com"
        return record().encode() if found else None

    try:
        cv, _, _ = theirs.arc_verify(message, dnsfunc=answer)
    except (theirs.DKIMException, IndexError, ValueError):  # the latter two are accidents
        return "fail"
    return "fail" if cv is None else str(cv.decode())  # None: the chain had failed before


def seal_theirs(message: bytes) -> bytes:
    """Their set on top; they read what validation has said from Authentication-Results."""
    status = they_say(message)
    told = field(AuthResults("mx", (MethodResult("arc", status), MethodResult("spf", "pass"))))
    names = [b"from", b"to", b"subject", b"x-one", b"x-one"]
    fields = theirs.arc_sign(
        told + message, b"sel", b"example.com", PEM, b"mx", include_headers=names
    )
    return b"".join(fields) + message


def seal_ours(message: bytes) -> bytes:
    found = arc.verify(message, resolver=KEYS, now=NOW)
    return attempt(message, found, now=NOW).message


# The classes of differences

Class = Callable[[Message], bool]


def python_white_space(message: Message) -> bool:
    """RFC 6376 §3.4.2: WSP is space and tab; dkimpy also strips VT, FF and CR from values."""
    return any(octet in message.header.replace(b"\r\n", b"") for octet in b"\x0b\x0c\r")


def unended_line_with_space(message: Message) -> bool:
    """RFC 6376 §3.4.4 (a): white space at the end of a line goes, also of one without CRLF."""
    return message.body[-1:] in (b" ", b"\t")


def unreadable_line(message: Message) -> bool:
    """RFC 6376 §6.1: a line that is no field is no reason not to validate, nor is white space
    before a colon; dkimpy gives up at either."""
    return any(not re.match(rb"[\x21-\x7e]+:", line) for line in message.lines)


def stray_field(message: Message) -> bool:
    """RFC 8617 §4.1, §4.2.1: an ARC field belongs to a set, by an instance where the grammar has
    it; dkimpy passes over those without, and finds an "i=" anywhere."""
    chain = read_chain(message)
    return chain is not None and chain.fault is not None


def older_signature(message: Message) -> bool:
    """RFC 8617 §5.2 step 5: an older message signature that cannot be read moves only
    oldest-pass; dkimpy gives up at it."""
    chain = read_chain(message)
    older = chain.sets[:-1] if chain else ()
    return any(one.message_signature.field.signature.record is None for one in older)


def status_in_capitals(message: Message) -> bool:
    """RFC 8617 §3.9 marks only the names of its tags as case-sensitive (RFC 7405)."""
    seals = message.named(b"arc-seal")
    return any(re.search(rb"cv=(?!none|pass|fail)(?i:none|pass|fail)", s.value) for s in seals)


CLASSES: tuple[Class, ...] = (
    python_white_space,
    unended_line_with_space,
    unreadable_line,
    stray_field,
    older_signature,
    status_in_capitals,
)


def explained(data: bytes) -> bool:
    message = read(data)
    for kind in CLASSES:
        if kind(message):
            event(kind.__name__)
            return True
    return False


# What is sealed

VALUES = st.lists(
    st.sampled_from(
        [b"a", b"B", b" ", b"\t", b"  ", b"\r\n ", b"\r\n\t", b";", b"=", b":", b"\xc3\xa4"]
    ),
    max_size=12,
).map(b"".join)
BODIES = st.lists(
    st.sampled_from(
        [b"a", b"word", b" ", b"\t", b"  ", b"\r\n", b"\r\n\r\n", b" \r\n", b"\r", b"\0", b"\xff"]
    ),
    max_size=25,
).map(b"".join)
NAMES = st.sampled_from([b"To", b"Subject", b"X-One", b"x-one", b"Received"])
MESSAGES = st.builds(
    lambda sender, fields, body: (
        b"From:"
        + sender
        + b" x@example.com\r\n"
        + b"".join(name + b":" + value + b"z\r\n" for name, value in fields)
        + b"\r\n"
        + body
    ),
    VALUES,
    st.lists(st.tuples(NAMES, VALUES), max_size=6),
    BODIES,
)
SEALERS = st.lists(st.sampled_from([seal_ours, seal_theirs]), min_size=1, max_size=4)


@FEW
@given(MESSAGES, SEALERS)
def test_chains_of_both_pass_with_both(
    message: bytes, sealers: list[Callable[[bytes], bytes]]
) -> None:
    if unended_line_with_space(read(message)):
        message += b"x"
    for seal in sealers:
        message = seal(message)
        assert (ours_say(message), they_say(message)) == ("pass", "pass")


CHANGES = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 2),
        st.sampled_from(
            [
                *(b"", b" ", b"\t", b"\r\n", b"a", b"X-One: more\r\n", b"From: y\r\n", b"\r\n "),
                *(b"b=1;", b"i=1;", b"i=2;", b"ARC-Seal: i=1;\r\n", b"0", b"9", b";", b"="),
            ]
        ),
    ),
    min_size=1,
    max_size=3,
)


def changed(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for where, cut, put in changes:
        at = int(where * len(data))
        data = data[:at] + put + data[at + cut :]
    return data


@FEW
@given(MESSAGES, SEALERS, CHANGES)
def test_we_agree_on_what_was_changed(
    message: bytes,
    sealers: list[Callable[[bytes], bytes]],
    changes: list[tuple[float, int, bytes]],
) -> None:
    if unended_line_with_space(read(message)):
        message += b"x"
    for seal in sealers:
        message = seal(message)
    data = changed(message, changes)
    assert ours_say(data) == they_say(data) or explained(data)


@FEW
@given(MESSAGES, SEALERS)
def test_we_agree_on_chains_that_failed(
    message: bytes, sealers: list[Callable[[bytes], bytes]]
) -> None:
    """Both mark a chain whose body was changed as failed, and neither takes it up again."""
    message = seal_ours(message.rstrip(b" \t")) + b"more"
    message = sealers[0](message)
    assert (ours_say(message), they_say(message)) == ("fail", "fail")


TAIL = b"From: a@example.com\r\n\r\nbody"
NEEDED: list[tuple[Class, bytes]] = [
    (python_white_space, seal_ours(b"From: a@example.com\x0b\r\n\r\nbody")),
    (unended_line_with_space, seal_ours(TAIL + b" ")),
    (unreadable_line, b"nonsense\r\n" + seal_ours(TAIL)),
    (stray_field, b"ARC-Seal: nonsense\r\n" + seal_ours(TAIL)),
    (older_signature, forge(forge(ams={"a": "no"}))),
    (status_in_capitals, forge(seal={"cv": "NONE"})),
]


@pytest.mark.parametrize(("kind", "message"), NEEDED)
def test_every_class_is_needed(kind: Class, message: bytes) -> None:
    """A class that no message falls in would hide the next mistake."""
    assert kind(read(message))
    assert ours_say(message) != they_say(message)


def test_every_class_is_looked_at() -> None:
    assert [kind for kind, _ in NEEDED] == list(CLASSES)
