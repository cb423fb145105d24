"""Messages that nobody should sign: readers would not see what was signed (RFC 6376 §5.3, §8)."""

import re

from mailworthy.message.header import Message
from mailworthy.names import spelled
from mailworthy.parsed import Problem

_LONE_CR = re.compile(rb"\r(?!\n)")
_NO_NAME = re.compile(rb"[^!-9;-~]")  # RFC 5322 §2.2


def unfit(message: Message) -> Problem | None:
    """The first reason not to sign a message, None if there is none; linear in its header.

    A signature speaks for all that a reader is shown, and no two readers agree on such a header.
    Problem codes: no-from, several-from, lone-cr, nul, not-a-field. The text is one for people,
    with the line and with what to do; the place is one in `message.data`.
    """
    return _from(message) or _octets(message) or _lines(message)


def _from(message: Message) -> Problem | None:
    count = message.count(b"from")
    if count == 1:
        return None
    if count == 0:
        text = "a message without From cannot be signed (RFC 6376 §5.4): add who wrote it"
        return Problem("no-from", text, message.header_at, message.header_at)
    second = message.named(b"from")[1]
    text = f"a message with {count} From fields is not signed: keep one"
    return _at(message, "several-from", text, second.start, second.end)


def _octets(message: Message) -> Problem | None:
    header, start = message.header, message.header_at
    if (place := header.find(b"\0")) >= 0:
        text = "a header with an octet of value zero is not signed: take it out"
        return _at(message, "nul", text, start + place, start + place + 1)
    if header.count(b"\r") != header.count(b"\r\n") and (found := _LONE_CR.search(header)):
        text = "a header with a CR that ends no line is not signed: take it out"
        return _at(message, "lone-cr", text, start + found.start(), start + found.end())
    return None


def _lines(message: Message) -> Problem | None:
    if message.header[:1] in (b" ", b"\t"):
        text = "a message that begins with a folded line cannot be signed: take that line out"
        return _at(message, "not-a-field", text, message.header_at, message.header_at + 1)
    wrong = [name for name in message.places if not name or _NO_NAME.search(name)]
    if not wrong:
        return None
    index = min(message.places[name][0] for name in wrong)
    field = next(field for field in message.fields if field.index == index)
    shown = spelled(field.raw[:40].decode("latin-1"), 40)
    text = f"a line of the header is no header field, so it is not signed: {shown}: mend it"
    return _at(message, "not-a-field", text, field.start, field.end)


def _at(message: Message, code: str, text: str, start: int, end: int) -> Problem:
    line = message.data.count(b"\n", 0, start) + 1
    return Problem(code, f"line {line}: {text}", start, end)
