"""The "a=b; c=d" syntax shared by DKIM, DMARC, ARC, TLS-RPT, BIMI and MTA-STS records.

RFC 6376 §3.2 defines it; the others refer to it. What a duplicate or a broken tag means is for
the reader of each record to say: here everything noticed is listed, with positions.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from mailworthy.names import printable
from mailworthy.parsed import Problem

MAX_TAGS = 64
DKIM_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")  # RFC 6376 §3.2 tag-name
EXTENSION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")  # RFC 8460 §3, RFC 8461 §3.1

_SPACE = " \t\r\n"
_FOLD = re.compile(r"\r\n[ \t]")
_BAD = re.compile(r"[^\x20-\x7e\t]")
# A new tag after a space or a comma, where a semicolon was probably meant; a lone "=" before
# the end of the value is base64 padding after folding.
_MISSED = re.compile(r"[ \t\r\n,]([a-z]{1,8})[ \t]{0,4}=(?![ \t\r\n=]|\Z)")
# Curly quotes as Unicode, as UTF-8 octets in latin-1 (how TXT arrives) and as Windows-1252.
_CURLY = re.compile("[\u2018-\u201f\u00ab\u00bb]|\xe2\x80[\x98-\x9f]|[\x91-\x94]")
_ENTITY = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|semi|equals|colon|#[0-9]{1,6}|#[xX][0-9A-Fa-f]{1,6});"
)


class Tag(msgspec.Struct, frozen=True):
    """One `name=value`; offsets count characters of the whole text, white space left out."""

    name: str
    value: str
    start: int
    end: int
    value_start: int
    value_end: int


class TagList(msgspec.Struct, frozen=True):
    """The tags in the order written, duplicates included, and what is wrong with the text."""

    tags: tuple[Tag, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __iter__(self) -> Iterator[Tag]:
        return iter(self.tags)

    def __len__(self) -> int:
        return len(self.tags)

    def tag(self, name: str) -> Tag | None:
        """The first tag of this name."""
        return next((t for t in self.tags if t.name == name), None)

    def get(self, name: str, default: str | None = None) -> str | None:
        """The value of the first tag of this name."""
        found = self.tag(name)
        return default if found is None else found.value

    def has(self, *codes: str) -> bool:
        """Whether any problem has one of these codes."""
        return any(p.code in codes for p in self.problems)


def parse(
    text: str,
    *,
    max_tags: int = MAX_TAGS,
    names: re.Pattern[str] = DKIM_NAME,
    fold_case: bool = False,
) -> TagList:
    """Read a tag-list (RFC 6376 §3.2). Never raises; linear in the length of `text`.

    `names` is the syntax of a tag's name; `fold_case` lowers names before they are compared.
    Tags with a strange name are kept, as duplicates are; a piece without "=" or without a name
    is not. Problem codes: missing-equals, empty-name, bad-name, empty-tag, duplicate-tag,
    bad-character, too-many-tags, missing-semicolon, escaped-semicolon, typographic-quotes,
    html-entity.
    """
    reader = _Reader(text, names, fold_case)
    reader.read(max_tags)
    found = sorted(reader.problems + _signs(text), key=lambda p: (p.start, p.end, p.code))
    return TagList(tuple(reader.tags), tuple(found))


class _Reader:
    def __init__(self, text: str, names: re.Pattern[str], fold_case: bool) -> None:
        self.text = text
        self.names = names
        self.fold_case = fold_case
        self.tags: list[Tag] = []
        self.seen: set[str] = set()
        self.problems: list[Problem] = []

    def read(self, max_tags: int) -> None:
        start = 0
        for _ in range(max_tags):
            end = self.text.find(";", start)
            if end < 0:
                self.piece(start, len(self.text), last=True)
                return
            self.piece(start, end, last=False)
            start = end + 1
        if self.text[start:].strip(_SPACE):
            self.note("too-many-tags", f"more than {max_tags} tags", start, len(self.text))

    def piece(self, start: int, end: int, *, last: bool) -> None:
        start, end = _trim(self.text, start, end)
        if start == end:
            if not last:
                self.note("empty-tag", "nothing stands between two semicolons", start, end + 1)
            return
        equals = self.text.find("=", start, end)
        if equals < 0:
            shown = printable(self.text[start:end], 40)
            self.note("missing-equals", f"{shown} has no equals sign", start, end)
        elif equals == start:
            self.note("empty-name", "a value without a name", start, end)
        else:
            self.tag(start, equals, end)

    def tag(self, start: int, equals: int, end: int) -> None:
        name_start, name_end = _trim(self.text, start, equals)
        name = self.text[name_start:name_end]
        name = name.lower() if self.fold_case else name
        value_start, value_end = _trim(self.text, equals + 1, end)
        value = self.text[value_start:value_end]
        shown = printable(name, 40)
        if not self.names.fullmatch(name):
            self.note("bad-name", f"{shown} cannot be the name of a tag", name_start, name_end)
        if name in self.seen:
            self.note("duplicate-tag", f"the tag {shown} is given more than once", start, end)
        self.seen.add(name)
        self.tags.append(Tag(name, value, start, end, value_start, value_end))
        self.check(value, shown, value_start)

    def check(self, value: str, name: str, at: int) -> None:
        bad = _BAD.search(_FOLD.sub("   ", value) if "\n" in value else value)
        if bad:
            shown = printable(bad[0])
            self.note("bad-character", f"{shown} is not allowed in {name}=", at + bad.start())
        missed = _MISSED.search(value)
        if missed:
            message = f"a semicolon seems to be missing before {missed[1]}="
            self.note("missing-semicolon", message, at + missed.start(1), at + missed.end())

    def note(self, code: str, message: str, start: int, end: int = 0) -> None:
        self.problems.append(Problem(code, message, start, max(end, start + 1)))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The part of text[start:end] without folding white space around it."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip(_SPACE))
    return start, max(start, end - (len(piece) - len(piece.rstrip(_SPACE))))


def _signs(text: str) -> list[Problem]:
    """Traces of a word processor, a web page or a wrong escape, each at its first place."""
    found: list[Problem] = []
    escape = text.find("\\;")
    if escape >= 0:
        message = "a backslash before the semicolon became part of the record"
        found.append(Problem("escaped-semicolon", message, escape, escape + 2))
    for code, pattern, message in (
        ("typographic-quotes", _CURLY, "curly quotation marks have no place in a record"),
        ("html-entity", _ENTITY, "an HTML entity was published in place of its character"),
    ):
        if sign := pattern.search(text):
            found.append(Problem(code, message, sign.start(), sign.end()))
    return found


def render(pairs: Iterable[tuple[str, str]], sep: str = "; ") -> str:
    """The tag-list of these names and values; the caller sees to it that no value holds ";"."""
    return sep.join(f"{name}={value}" for name, value in pairs)
