"""The fields of a message/feedback-report (RFC 5965 §3)."""

import binascii
import re
from datetime import UTC, datetime

import msgspec

from mailworthy.message import date
from mailworthy.message.header import read
from mailworthy.message.lexer import Kind, decode, tokens
from mailworthy.reports.shown import shown
from mailworthy.reports.tls import values

MAX_OCTETS = 65536
MAX_FIELDS = 200
MAX_VALUE = 4000
_BEGINNING = re.compile(rb"\s*(?:Feedback-Type|User-Agent|Version)[ \t]*:", re.IGNORECASE)
_TYPE = re.compile(rb"^Feedback-Type[ \t]*:", re.IGNORECASE | re.MULTILINE)
_BARE = re.compile(rb"\s*(?:RmVlZGJhY2st|VXNlci1BZ2VudD|VmVyc2lvbj)")  # the same in base64


class Fields(msgspec.Struct, frozen=True):
    """Fields in order, with names as written; values are printable, on one line, bounded."""

    items: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        """The values of a field, by its name in lower case."""
        return [value for key, value in self.items if key.lower() == name]

    def get(self, name: str) -> str:
        """The first value of a field, empty if there is none."""
        return next(iter(self.all(name)), "")

    def has(self, name: str) -> bool:
        """Whether there is such a field."""
        return bool(self.all(name))


def parse(data: bytes) -> Fields:
    """Read the octets of the second part of a report. Never raises; linear and bounded.

    Empty lines between fields, and base64 that no header tells of, are put up with.
    """
    data = data[:MAX_OCTETS]
    if _BARE.match(data):
        data = _unwrapped(data)
    lines = [line for line in data.splitlines() if line.strip()]
    message = read(b"\r\n".join(lines) + b"\r\n\r\n")
    found: list[tuple[str, str]] = []
    for name, line in zip(message.names, message.lines, strict=True):
        if name and len(found) < MAX_FIELDS:
            head, _, value = line.partition(b":")
            found.append((shown(decode(head), 80), shown(decode(value), MAX_VALUE)))
    return Fields(tuple(found))


def looks_like_fields(data: bytes) -> bool:
    """Whether octets that have another type are a feedback report all the same."""
    return _BEGINNING.match(data) is not None and _TYPE.search(data) is not None


def _unwrapped(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        return data


def plain(value: str) -> str:
    """A value without its comments."""
    if "(" not in value:
        return value.strip()
    kept = (t for t in tokens(value, ",;") if t.kind is not Kind.COMMENT)
    return " ".join(value[t.start : t.end] for t in kept).strip()


def words(value: str) -> tuple[str, ...]:
    """A list with commas, in lower case, without comments and repetitions."""
    found = (word.strip().lower() for word in plain(value).split(",")[:50])
    return tuple(dict.fromkeys(shown(word, 40) for word in found if word))


def moment(value: str) -> int | None:
    """Seconds since 1970 of a date of RFC 5322 §3.3, or of RFC 3339 as some write."""
    parsed = date.parse(value).record
    return values.moment(plain(value)) if parsed is None else seconds(parsed)


def seconds(when: datetime) -> int | None:
    """Seconds since 1970, None before that."""
    return int(when.timestamp()) if when >= datetime(1970, 1, 1, tzinfo=UTC) else None
