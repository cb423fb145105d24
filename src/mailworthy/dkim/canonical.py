"""Canonicalization of header fields and bodies (RFC 6376 §3.4), in linear time for any bytes."""

import re
from enum import StrEnum

_RUN = re.compile(rb"  +")
_HALVINGS = 3


class Canonicalization(StrEnum):
    """The algorithms of RFC 6376 §3.4."""

    SIMPLE = "simple"
    RELAXED = "relaxed"


def body(data: bytes, algorithm: Canonicalization) -> bytes:
    """A canonical body; every line of `data` ends in CRLF (RFC 6376 §3.4.3, §3.4.4)."""
    if algorithm is Canonicalization.SIMPLE:
        return _without_empty_lines(data) or b"\r\n"
    return _without_empty_lines(_reduced(data))


def field(name: bytes, line: bytes, algorithm: Canonicalization, *, odd: bool = True) -> bytes:
    """A canonical header field without its final CRLF (RFC 6376 §3.4.1, §3.4.2).

    `name` is in lower case without white space, `line` as in the message. `odd` may be False
    where the line is known to have no lone CR, vertical tab or form feed.
    """
    if algorithm is Canonicalization.SIMPLE:
        return line
    value = line[line.find(b":") + 1 :]
    return name + b":" + (_squeezed(value) if odd else b" ".join(value.split()))


def is_odd(header: bytes) -> bool:
    """Whether a header has octets that Python takes for white space and DKIM does not."""
    return b"\x0b" in header or b"\x0c" in header or header.count(b"\r") != header.count(b"\r\n")


def _squeezed(value: bytes) -> bytes:
    unfolded = value.replace(b"\r\n", b"").replace(b"\t", b" ")
    return b" ".join([word for word in unfolded.split(b" ") if word])


def _reduced(data: bytes) -> bytes:
    """§3.4.4 (a): runs of white space become one space, or nothing at the end of a line."""
    reduced = _one_space(data.replace(b"\t", b" "))
    if reduced.endswith(b" "):
        reduced = reduced[:-1]
    return reduced.replace(b" \r\n", b"\r\n")


def _one_space(data: bytes) -> bytes:
    """Runs of spaces as one.

    A few passes of a plain replacement make short work of short runs. A run that is left had
    eight times as many spaces as there are passes to fear, so that the slower expression meets
    few of them: nothing here is worse than linear.
    """
    for _ in range(_HALVINGS):
        if b"  " not in data:
            return data
        data = data.replace(b"  ", b" ")
    return _RUN.sub(b" ", data)


def _without_empty_lines(data: bytes) -> bytes:
    """§3.4.4 (b): without empty lines at the end, the last line ended by CRLF; or nothing."""
    kept = len(data.rstrip(b"\r\n"))
    if len(data) - kept == 2 and data.endswith(b"\r\n"):
        return data if kept else b""
    # A lone CR is an octet of its line, and lines are empty only after the last one.
    last = data.rfind(b"\r\r", kept) if data.endswith(b"\n") else len(data) - 1
    kept = max(kept, last + 1)
    return data[:kept] + b"\r\n" if kept else b""
