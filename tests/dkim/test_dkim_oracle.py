"""dkimpy beside us: we verify what it signs, it verifies what we sign, and both judge changes.

Where we differ, a class below says when and which section makes us right. A class is a question
about the message, never a list of cases.
"""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import event, given, reject
from hypothesis import strategies as st

from mailworthy import dkim as ours
from mailworthy.lookup.memory import Memory
from mailworthy.message.header import Message, read

theirs = pytest.importorskip("dkim", reason="dkimpy is among the oracles")
pytestmark = pytest.mark.oracle

NOW = datetime.now(UTC)  # dkimpy reads the clock
RSA = rsa.generate_private_key(65537, 1024)
ED = ed25519.Ed25519PrivateKey.generate()
PEM = RSA.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
SEED = ED.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
RECORDS = {
    f"{selector}._domainkey.example.com": f"v=DKIM1; k={k}; p={p}"
    for selector, (k, p) in (("r", ours.public_text(RSA)), ("e", ours.public_text(ED)))
}


def quoted(text: str) -> str:
    return " ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))


MEMORY = Memory.from_zone("".join(f"{n}. 60 IN TXT {quoted(r)}\n" for n, r in RECORDS.items()))


def we_accept(message: bytes) -> bool:
    return ours.verify(message, resolver=MEMORY, now=NOW).signatures[0].result is ours.Result.PASS


def they_accept(message: bytes) -> bool:
    def answer(name: bytes, timeout: int = 5) -> bytes | None:
        found = RECORDS.get(name.decode().rstrip("."))
        return None if found is None else found.encode()

    try:
        return bool(theirs.verify(message, dnsfunc=answer))
    except theirs.DKIMException:
        return False


def sign_theirs(message: bytes, c: str, ed: bool, length: bool) -> bytes:
    header, _, body = c.encode().partition(b"/")
    try:
        field: bytes = theirs.sign(
            message,
            b"e" if ed else b"r",
            b"example.com",
            base64.b64encode(SEED) if ed else PEM,
            canonicalize=(header, body),
            signature_algorithm=b"ed25519-sha256" if ed else b"rsa-sha256",
            include_headers=[b"from", b"to", b"subject", b"x-one", b"x-one"],
            length=length,
        )
    except theirs.MessageFormatError:
        reject()
    return field + message


def sign_ours(message: bytes, c: str, ed: bool, length: bool) -> bytes:
    key: Any = ED if ed else RSA
    signer = ours.signer("example.com", [("e" if ed else "r", key)], canonicalization=c)
    return signer.sign(message, now=NOW)


# The classes of differences

Class = Callable[[Message, str], bool]


def unended_line_with_space(message: Message, c: str) -> bool:
    """RFC 6376 §3.4.4 (a): white space at the end of a line goes, also of one without CRLF."""
    return c.endswith("/relaxed") and message.body[-1:] in (b" ", b"\t")


def python_white_space(message: Message, c: str) -> bool:
    """RFC 6376 §3.4.2: WSP is space and tab; dkimpy also strips VT, FF and CR from values."""
    return any(octet in message.header.replace(b"\r\n", b"") for octet in b"\x0b\x0c\r")


def unreadable_line(message: Message, c: str) -> bool:
    """RFC 6376 §6.1: a line that is no field is no reason not to verify, nor is white space
    before a colon (RFC 5322 §4.5.8, RFC 6376 §3.4.2); dkimpy gives up at either."""
    return any(not re.match(rb"[\x21-\x7e]+:", line) for line in message.lines)


CLASSES: tuple[Class, ...] = (unended_line_with_space, python_white_space, unreadable_line)


def explained(signed: bytes, c: str) -> bool:
    message = read(signed)
    for kind in CLASSES:
        if kind(message, c):
            event(kind.__name__)
            return True
    return False


# What is signed

VALUES = st.lists(
    st.sampled_from(
        [
            b"a",
            b"B",
            b" ",
            b"\t",
            b"  ",
            b"\r\n ",
            b"\r\n\t",
            b";",
            b"=",
            b":",
            b"\xc3\xa4",
            b"\x0b",
        ]
    ),
    max_size=12,
).map(b"".join)
BODIES = st.lists(
    st.sampled_from(
        [b"a", b"word", b" ", b"\t", b"  ", b"\r\n", b"\r\n\r\n", b" \r\n", b"\r", b"\0", b"\xff"]
    ),
    max_size=25,
).map(b"".join)
NAMES = st.sampled_from([b"To", b"Subject", b"X-One", b"x-one", b"X-Two ", b"Received"])
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=6)
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
    FIELDS,
    BODIES,
)
CANONICAL = st.sampled_from(
    ["simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed"]
)
TYPES = st.booleans() if find_spec("nacl") else st.just(False)  # dkimpy's way to Ed25519


@given(MESSAGES, CANONICAL, TYPES)
def test_they_accept_what_we_sign(message: bytes, c: str, ed: bool) -> None:
    signed = sign_ours(message, c, ed, False)
    assert we_accept(signed)
    assert they_accept(signed) or explained(signed, c)


@given(MESSAGES, CANONICAL, TYPES, st.booleans())
def test_we_accept_what_they_sign(message: bytes, c: str, ed: bool, length: bool) -> None:
    signed = sign_theirs(message, c, ed, length)
    assert they_accept(signed)
    assert we_accept(signed) or explained(signed, c)


CHANGES = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 2),
        st.sampled_from(
            [b"", b" ", b"\t", b"\r\n", b"a", b"X-One: more\r\n", b"From: y\r\n", b"\r\n ", b"b=1;"]
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


SIGNED = st.builds(
    lambda sign, message, c, ed, length: (c, sign(message, c, ed, length)),
    st.sampled_from([sign_ours, sign_theirs]),
    MESSAGES,
    CANONICAL,
    TYPES,
    st.booleans(),
)


@given(SIGNED, CHANGES)
def test_we_agree_on_what_was_changed(
    signed: tuple[str, bytes], changes: list[tuple[float, int, bytes]]
) -> None:
    c, message = signed
    field, name, rest = message.partition(b"\r\nFrom:")
    data = field + changed(name + rest, changes)
    if read(data).count(b"dkim-signature") == 1:
        assert we_accept(data) == they_accept(data) or explained(data, c)


def test_every_class_is_needed() -> None:
    """A class that no message falls in would hide the next mistake."""
    tail = b"From: a@example.com\r\n\r\nbody "
    assert unended_line_with_space(read(tail), "relaxed/relaxed")
    signed = sign_ours(tail, "relaxed/relaxed", False, False)
    assert we_accept(signed) != they_accept(signed)
    signed = sign_ours(b"From: a@example.com\x0b\r\n\r\nbody", "relaxed/relaxed", False, False)
    assert python_white_space(read(signed), "relaxed/relaxed")
    assert we_accept(signed) != they_accept(signed)
    signed = b"nonsense\r\n" + sign_ours(b"From: a\r\n\r\nbody", "relaxed/relaxed", False, False)
    assert unreadable_line(read(signed), "relaxed/relaxed")
    assert we_accept(signed) != they_accept(signed)
