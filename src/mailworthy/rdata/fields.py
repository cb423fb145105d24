"""The fields of one record's presentation text, read in order (RFC 1035 §5.1)."""

import base64
import binascii
import re
from typing import TypeVar

import msgspec

from mailworthy.names import normalize, too_long
from mailworthy.parsed import Parsed, Problem

T = TypeVar("T")

# 65535 octets, each written \DDD, and some room for quotes and blanks.
MAX_TEXT = 4 * 65535 + 4096
MAX_NAME_TEXT = 4 * 255
_FIELD = re.compile(r'"(?:[^"\\]|\\.)*+"?|(?:[^ \t\r\n"\\]|\\.)++|\\', re.DOTALL)
_OCTET = r"[!#-\[\]-~]|\\[ -/:-~]|\\(?:[01][0-9]{2}|2[0-4][0-9]|25[0-5])"
_NAME = re.compile(f"(?:{_OCTET})++")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})*+")


class Field(msgspec.Struct, frozen=True):
    """One field with its place in the text; quotes and escapes are still there."""

    text: str
    start: int
    end: int


def split(text: str) -> list[Field]:
    """The blank-separated fields; a quoted string is one field. Linear in the text."""
    return [Field(m[0], m.start(), m.end()) for m in _FIELD.finditer(text[:MAX_TEXT])]


def absolute(name: str) -> str:
    """A name in the inside form as zone files write it: with its final dot."""
    return name if name == "." else name + "."


def is_name(text: str) -> bool:
    """Whether `text` presents a domain name that fits into DNS (RFC 1035 §2.3.4, §5.1)."""
    if len(text) > MAX_NAME_TEXT or not _NAME.fullmatch(text):
        return False
    return not too_long(normalize(text))


class Reader:
    """Takes fields one after another and notes what is wrong with them.

    A method given a bad or missing field notes a problem and returns a neutral value; `done`
    then gives no record. Nothing here raises.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.fields = split(text)
        self.problems: list[Problem] = []
        self.position = 0
        if len(text) > MAX_TEXT:
            self.flaw("oversize", "is longer than any record can be", Field("", 0, len(text)))

    def flaw(self, code: str, message: str, field: Field) -> None:
        """Note a problem that leaves no record."""
        self.problems.append(Problem(code, message, field.start, field.end))

    def field(self, what: str) -> Field | None:
        """The next field as it stands."""
        if self.position < len(self.fields):
            self.position += 1
            return self.fields[self.position - 1]
        end = len(self.text)
        self.flaw("missing-field", f"the {what} is missing", Field("", end, end))
        return None

    def number(self, what: str, maximum: int) -> int:
        """The next field as a decimal number from 0 to `maximum`."""
        field = self.field(what)
        if field is None:
            return 0
        digits = field.text.lstrip("0") or field.text[:1]
        if digits.isascii() and digits.isdigit() and len(digits) <= 10 and int(digits) <= maximum:
            return int(digits)
        self.flaw("bad-number", f"the {what} is not a number from 0 to {maximum}", field)
        return 0

    def name(self, what: str) -> str:
        """The next field as a domain name in the inside form."""
        field = self.field(what)
        if field is None:
            return "."
        if is_name(field.text):
            return normalize(field.text)
        self.flaw("bad-name", f"the {what} is not a domain name", field)
        return "."

    def hex(self, what: str) -> bytes:
        """All remaining fields as one run of hexadecimal digits (RFC 6698 §2.2)."""
        field = self._rest(what)
        if _HEX.fullmatch(field.text):  # bytes.fromhex passes over more kinds of white space
            return bytes.fromhex(field.text)
        self.flaw("bad-hex", f"the {what} is not a run of hexadecimal digit pairs", field)
        return b""

    def base64(self, what: str) -> bytes:
        """All remaining fields as one run of base64 (RFC 4034 §2.2)."""
        field = self._rest(what)
        try:
            return base64.b64decode(field.text.encode("ascii"), validate=True)
        except (UnicodeEncodeError, binascii.Error):
            self.flaw("bad-base64", f"the {what} is not base64", field)
        return b""

    def _rest(self, what: str) -> Field:
        first = self.field(what)
        if first is None:
            return Field("", len(self.text), len(self.text))
        rest = self.fields[self.position :]
        self.position = len(self.fields)
        parts = [first, *rest]
        return Field("".join(f.text for f in parts), first.start, parts[-1].end)

    def span(self) -> Field:
        """From the first to the last field."""
        if not self.fields:
            return Field("", 0, len(self.text))
        return Field(self.text, self.fields[0].start, self.fields[-1].end)

    def done(self, record: T, *remarks: Problem) -> Parsed[T]:
        """The outcome: no record if a field was bad; `remarks` do not cost the record."""
        for extra in self.fields[self.position : self.position + 1]:
            self.flaw("extra-field", "something follows the last field", extra)
        if self.problems:
            return Parsed(None, tuple(sorted(self.problems, key=lambda p: p.start)))
        return Parsed(record, tuple(sorted(remarks, key=lambda p: p.start)))
