"""Canonicalization: the RFC's examples, odd ends, and a slow and simple reading of the text."""

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.dkim.canonical import Canonicalization, body, field, is_odd
from mailworthy.message.header import read, wire

SIMPLE, RELAXED = Canonicalization.SIMPLE, Canonicalization.RELAXED
BODIES = [
    # body, simple, relaxed
    (b"", b"\r\n", b""),
    (b"\r\n", b"\r\n", b""),
    (b"\r\n\r\n\r\n", b"\r\n", b""),
    (b" C \r\nD \t E\r\n\r\n\r\n", b" C \r\nD \t E\r\n", b" C\r\nD E\r\n"),  # RFC 6376 §3.4.5
    (b"a", b"a\r\n", b"a\r\n"),
    (b"a \t", b"a \t\r\n", b"a\r\n"),
    (b" ", b" \r\n", b""),
    (b" \r\n\t\r\n", b" \r\n\t\r\n", b""),
    (b"a\r\n \r\n\r\n", b"a\r\n \r\n", b"a\r\n"),
    (b"\r\n\r\na\r\n", b"\r\n\r\na\r\n", b"\r\n\r\na\r\n"),
    (b"a\r", b"a\r\r\n", b"a\r\r\n"),
    (b"a\r\r\n\r\n", b"a\r\r\n", b"a\r\r\n"),
    (b"\r\r\n", b"\r\r\n", b"\r\r\n"),
    (b"a \r", b"a \r\r\n", b"a \r\r\n"),
    (b"a\x0b \x0cb\r\n", b"a\x0b \x0cb\r\n", b"a\x0b \x0cb\r\n"),
    (b"a\0  b\r\n", b"a\0  b\r\n", b"a\0 b\r\n"),
    *[(b"a" + b" " * n + b"b\r\n",) * 2 + (b"a b\r\n",) for n in (1, 2, 7, 8, 9, 17, 64, 1000)],
]


@pytest.mark.parametrize(("data", "simple", "relaxed"), BODIES)
def test_bodies(data: bytes, simple: bytes, relaxed: bytes) -> None:
    assert body(data, SIMPLE) == simple
    assert body(data, RELAXED) == relaxed


EMPTY = [
    (SIMPLE, "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY="),  # RFC 6376 §3.4.3
    (RELAXED, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),  # RFC 6376 §3.4.4
]


@pytest.mark.parametrize(("algorithm", "digest"), EMPTY)
def test_the_hash_of_an_empty_body(algorithm: Canonicalization, digest: str) -> None:
    found = hashlib.sha256(body(b"", algorithm)).digest()
    assert base64.b64encode(found).decode() == digest


FIELDS = [
    (b"A: X", b"a:X"),  # RFC 6376 §3.4.5
    (b"B : Y\t\r\n\tZ  ", b"b:Y Z"),
    (b"SUBJect: AbC", b"subject:AbC"),
    (b"To:", b"to:"),
    (b"To: \r\n \t\r\n ", b"to:"),
    (b"X:a\x0bb  c\x0c", b"x:a\x0bb c\x0c"),
    (b"X: a\r b", b"x:a\r b"),
    (b"X: a \r\r\n b", b"x:a \r b"),
    (b"X:\xc3\xa4\xc2\xa0 b", b"x:\xc3\xa4\xc2\xa0 b"),
    (b"X: a:b : c", b"x:a:b : c"),
]


@pytest.mark.parametrize(("line", "relaxed"), FIELDS)
def test_fields(line: bytes, relaxed: bytes) -> None:
    message = read(line + b"\r\n\r\n")
    name, odd = message.names[0], is_odd(message.header)
    assert field(name, line, RELAXED) == relaxed
    assert field(name, line, RELAXED, odd=odd) == relaxed
    assert field(name, line, SIMPLE) == line


def slow_body(data: bytes, algorithm: Canonicalization) -> bytes:
    """RFC 6376 §3.4.3 and §3.4.4, line by line."""
    lines = data.split(b"\r\n")
    if lines[-1] == b"":
        lines.pop()
    if algorithm is RELAXED:
        lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in lines]
    while lines and lines[-1] == b"":
        lines.pop()
    text = b"".join(line + b"\r\n" for line in lines)
    return text or (b"\r\n" if algorithm is SIMPLE else b"")


def slow_field(line: bytes) -> bytes:
    """RFC 6376 §3.4.2, step by step."""
    name, _, value = line.partition(b":")
    value = re.sub(rb"[ \t]+", b" ", value.replace(b"\r\n", b"")).strip(b" ")
    return name.lower().rstrip(b" \t\r\n") + b":" + value


PIECES = [b" ", b"\t", b"\r", b"\n", b"\r\n", b"a", b"\0", b"\x0b", b"  ", b" \r\n", b" " * 9]
ANY = st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join).map(wire)


@given(ANY, st.sampled_from(Canonicalization))
def test_bodies_are_as_the_text_says(data: bytes, algorithm: Canonicalization) -> None:
    assert body(data, algorithm) == slow_body(data, algorithm)


@given(ANY, st.sampled_from(Canonicalization))
def test_a_canonical_body_stays_as_it_is(data: bytes, algorithm: Canonicalization) -> None:
    once = body(data, algorithm)
    assert body(once, algorithm) == once


@given(ANY)
def test_fields_are_as_the_text_says(value: bytes) -> None:
    for message in (read(b"X-Name:" + value), read(b"X-Name \t:" + value)):
        name, odd = message.names[0], is_odd(message.header)
        line = message.lines[0]
        assert field(name, line, RELAXED, odd=odd) == slow_field(line)


HOSTILE = [
    b" " * 1_000_000,
    b" " * 999_999 + b"x",
    b"a b " * 125_000 + b" " * 500_000,
    (b" " * 63 + b"a") * 15_625,
    b"\t " * 500_000,
    b"\r\n" * 500_000,
    b" \r\n" * 333_333,
    b"\r" * 1_000_000,
    b"\r\r\n" * 333_333,
    b"a" + b" \t" * 400_000 + b"\r\n" * 100_000,
]


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
def test_a_megabyte_of_anything(data: bytes) -> None:
    """Each ends at once: what is quadratic here would take minutes."""
    for algorithm in Canonicalization:
        assert body(data, algorithm) == slow_body(data, algorithm)
