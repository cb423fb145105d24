"""Zone files as they really are (RFC 1035 §5, RFC 2308 §4), legal or not.

Other readers refuse a CNAME beside an MX or an SPF record given twice; finding those is what
mailworthy is for, so this one keeps every record that can be read, with its line.
"""

import re
from collections.abc import Iterator

import msgspec

from mailworthy.errors import UsageError
from mailworthy.lookup.nametext import absolute
from mailworthy.lookup.presentation import mnemonic
from mailworthy.lookup.rdatatext import TTL, complete, read_value, seconds
from mailworthy.names import normalize, printable

MAX_OCTETS = 64 * 1024 * 1024
MAX_RECORDS = 2_000_000
DEFAULT_TTL = 3600
MAX_ENTRY = 4 * 65535 + 8192  # one record with every octet of its data escaped
_TOKEN = re.compile(
    r'(?P<blank>[ \t]+)|;[^\n]*+|(?P<word>"(?:[^"\\\n]|\\[^\n])*+"|(?:[^ \t\r\n;()"\\]|\\[^\n])++)'
    r"|(?P<mark>[()\n])|\r(?=\n|$)|(?P<bad>.)",
)
_OTHER_CLASSES = frozenset({"CH", "HS", "CS", "NONE", "ANY"})


class ZoneError(UsageError):
    """A zone file that cannot be read; the text names file, line and fault."""


class ZoneRecord(msgspec.Struct, frozen=True):
    """One record of a zone file.

    `name` is in the inside form, `value` and `splits` are as in Answer, `line` counts from 1.
    """

    name: str
    type: str
    value: str
    ttl: int
    splits: tuple[int, ...] = ()
    line: int = 0


class _Entry(msgspec.Struct):
    """The words of one entry, quotes and escapes kept."""

    line: int
    words: list[str]
    owned: bool  # whether it begins with an owner name rather than a blank


def read_zone(
    text: str | bytes, *, origin: str | None = None, source: str = "zone"
) -> tuple[ZoneRecord, ...]:
    """The records of a zone file, in its order.

    `text` may hold several zones; octets beyond ASCII are kept (a str counts as UTF-8).
    `origin` completes relative names until the file says $ORIGIN; without either they are an
    error. `source` is the file name for messages. Raises ZoneError.
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(data) > MAX_OCTETS:
        raise ZoneError(f"{source}: larger than {MAX_OCTETS >> 20} MiB")
    return _Reader(source, origin).read(data.removeprefix(b"\xef\xbb\xbf").decode("latin-1"))


class _Reader:
    """The state that entries of a file share: origin, last owner, default TTLs."""

    def __init__(self, source: str, origin: str | None) -> None:
        self.source = source
        self.line = 0
        self.origin: str | None = None
        if origin is not None:
            self.origin = self.name(absolute(normalize(origin)))
        self.owner: str | None = None
        self.default_ttl: int | None = None  # $TTL
        self.last_ttl: int | None = None
        self.records: list[ZoneRecord] = []

    def fault(self, message: str) -> ZoneError:
        return ZoneError(f"{self.source}:{self.line}: {message}")

    def read(self, text: str) -> tuple[ZoneRecord, ...]:
        for entry in self.entries(text):
            self.line = entry.line
            if entry.owned and entry.words[0].startswith("$"):
                self.directive(entry.words)
            else:
                self.record(entry)
            if len(self.records) > MAX_RECORDS:
                raise self.fault(f"more than {MAX_RECORDS} records")
        return tuple(self.records)

    def entries(self, text: str) -> Iterator[_Entry]:
        """Cut the text into entries: lines, joined where parentheses are open."""
        line, depth, size = 1, 0, 0
        entry = _Entry(1, [], True)
        for match in _TOKEN.finditer(text):
            kind, self.line = match.lastgroup, line
            if kind == "word":
                entry.words.append(match[0])
                size += len(match[0])
                if size > MAX_ENTRY:
                    raise self.fault("this entry is longer than any record can be")
            elif kind == "blank":
                entry.owned = entry.owned and bool(entry.words)
            elif match[0] == "\n":
                line += 1
                if not depth:
                    if entry.words:
                        yield entry
                    entry, size = _Entry(line, [], True), 0
            elif kind is not None:
                depth = self.depth(match[0], depth)
        self.line = entry.line
        if depth:
            raise self.fault("a parenthesis is opened here and never closed")
        if entry.words:
            yield entry

    def depth(self, mark: str, depth: int) -> int:
        if mark == "(":
            return depth + 1
        if mark == ")" and depth:
            return depth - 1
        if mark == ")":
            raise self.fault("a parenthesis is closed that was not opened")
        if mark == '"':
            raise self.fault("a quoted text does not end on its line")
        raise self.fault(f"{printable(mark)} has no place here")

    def directive(self, words: list[str]) -> None:
        keyword = words[0].upper()
        if keyword not in ("$ORIGIN", "$TTL"):
            known = keyword in ("$INCLUDE", "$GENERATE")
            what = "is not supported: write the records out" if known else "is not a directive"
            raise self.fault(f"{printable(keyword, 40)} {what}")
        if len(words) != 2:
            raise self.fault(f"{keyword} takes one value")
        if keyword == "$ORIGIN":
            self.origin = self.name(words[1])
        else:
            self.default_ttl = self.ttl(words[1])

    def record(self, entry: _Entry) -> None:
        words = entry.words
        if entry.owned:
            self.owner = self.name(words[0])
            words = words[1:]
        if self.owner is None:
            raise self.fault("the first record has no owner name")
        ttl, type_, rest = self.heading(words)
        try:
            value, splits = read_value(type_, rest, self.origin)
        except ValueError as error:
            raise self.fault(f"{type_} record of {self.owner}: {error}") from None
        if ttl is None:
            ttl = self.implied_ttl(type_, value)
        self.last_ttl = ttl
        self.records.append(ZoneRecord(self.owner, type_, value, ttl, splits, entry.line))

    def heading(self, words: list[str]) -> tuple[int | None, str, list[str]]:
        """TTL and class in either order, both optional, and the type (RFC 1035 §5.1)."""
        ttl, seen_class = None, False
        for at, word in enumerate(words):
            upper = word.upper()
            if ttl is None and TTL.fullmatch(word):
                ttl = self.ttl(word)
            elif not seen_class and upper in ("IN", "CLASS1"):
                seen_class = True
            elif upper in _OTHER_CLASSES:
                raise self.fault(f"class {upper} is not IN")
            else:
                return ttl, self.type(word), words[at + 1 :]
        raise self.fault("no record type")

    def type(self, word: str) -> str:
        found = mnemonic(word) if word.isascii() else None
        if found is None:
            raise self.fault(f"{printable(word, 40)} is not a record type")
        return found

    def implied_ttl(self, type_: str, value: str) -> int:
        """RFC 2308 §4, RFC 1035 §5.1; a SOA without any takes its own minimum."""
        if self.default_ttl is not None:
            return self.default_ttl
        if self.last_ttl is not None:
            return self.last_ttl
        return int(value.rpartition(" ")[2]) if type_ == "SOA" else DEFAULT_TTL

    def ttl(self, word: str) -> int:
        try:
            return seconds(word)
        except ValueError as error:
            raise self.fault(str(error)) from None

    def name(self, word: str) -> str:
        try:
            return complete(word, self.origin)
        except ValueError as error:
            raise self.fault(str(error)) from None
