"""What is wrong with a message before anybody has read a word of it (RFC 5322 §2.1, §2.3)."""

import re

from mailworthy.message.header import Message
from mailworthy.parsed import Problem

MAX_LINE = 998  # RFC 5322 §2.1.1, without CRLF
_LONE_CR = re.compile(rb"\r(?!\n)")


def faults(message: Message) -> tuple[Problem, ...]:
    """Each kind of fault at its first place in `message.data`; linear in its length.

    Problem codes: lone-lf, lone-cr, nul, long-line, no-empty-line, not-a-field.
    """
    found = [
        *_lone_lf(message),
        *_lone_cr(message),
        *_nul(message.data),
        *_long_line(message.data),
        *_shape(message),
    ]
    return tuple(sorted(found, key=lambda problem: (problem.start, problem.code)))


def _lone_lf(message: Message) -> list[Problem]:
    if not message.lone_lf:
        return []
    return [Problem("lone-lf", "lines end in LF alone, where mail has CR and LF", 0, 1)]


def _lone_cr(message: Message) -> list[Problem]:
    place = _LONE_CR.search(message.data) if message.lone_cr else None
    return [] if place is None else [_at("lone-cr", "a CR stands without LF", place.start())]


def _nul(data: bytes) -> list[Problem]:
    place = data.find(b"\0")
    return [] if place < 0 else [_at("nul", "an octet of value zero", place)]


def _long_line(data: bytes) -> list[Problem]:
    """In leaps: from the last line end that a whole line may have before it to the next."""
    at, end = 0, len(data)
    while end - at > MAX_LINE:
        line_end = data.rfind(b"\n", at, at + MAX_LINE + 2)
        if line_end < 0:
            return [_at("long-line", f"a line has more than {MAX_LINE} octets", at)]
        at = line_end + 1
    return []


def _shape(message: Message) -> list[Problem]:
    found = []
    if not message.divided:
        text = "no empty line ends the header: there is no body"
        found.append(_at("no-empty-line", text, len(message.data)))
    if b"" in message.places:
        field = message.named(b"")[0]
        found.append(Problem("not-a-field", "a line is no header field", field.start, field.end))
    return found


def _at(code: str, text: str, place: int) -> Problem:
    return Problem(code, text, place, place + 1)
