"""Authentication-Results: text to values, back to text, and forgeries (RFC 8601 §2.2, §5)."""

import re
from collections.abc import Collection, Iterator, Sequence

import msgspec

from mailworthy.errors import UsageError
from mailworthy.message.authresmodel import AuthResults, MethodResult, Property
from mailworthy.message.authresread import KEYWORD, PROPERTY, Reader
from mailworthy.message.lexer import decode
from mailworthy.names import BadName, is_within, printable, to_ascii, to_unicode
from mailworthy.parsed import Parsed

__all__ = [
    "AuthResults",
    "MethodResult",
    "Property",
    "Removal",
    "field",
    "forged",
    "is_identifier",
    "parse",
    "render",
]

_LINE = 78  # RFC 5322 §2.1.1
# What must not reach a header field: controls, line and paragraph separators, directions. Octets
# that are no UTF-8 may, but for those that are controls to some terminals.
_UNSAFE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udc9f\udd00-\udfff]"
)
_TOKEN = r"!#$%&'*+\-.0-9A-Z^_`a-z{|}~\u00a0-\U0010ffff"  # RFC 2045 §5.1, with UTF-8
_ID = re.compile(rf"[{_TOKEN}]+")
_VALUE = re.compile(rf"[{_TOKEN}]+|[{_TOKEN}/=?]*@[0-9A-Za-z_.\-\u00a0-\U0010ffff]+")
_QUOTE = re.compile(r'["\\]')
_SPACE = re.compile(r"(?= [^ ])")
_COMMENT = re.compile(r"\([^()]*\)")
_NO_NAME = re.compile(r"[^0-9A-Za-z_.\-\u00a1-\ud7ff\ue000-\U0010ffff]+")
_MOST_PIECES = 100
_PAREN = re.compile(r"[()\\]")


def parse(value: bytes | str) -> Parsed[AuthResults]:
    """Read the value of one field, what follows the colon. Never raises; linear.

    All comments are kept, those in unusual places after the item that they belong to. `record`
    is None for a field without authserv-id, with an unknown version (RFC 8601 §2.6), with a
    comment or a string that has no end, or of more than 65536 characters. Problem codes:
    too-long, unclosed, missing-authserv-id, bad-authserv-id, unsupported-version, no-result,
    too-many-results, bad-result, bad-property, missing-ptype, stray-word, reason-repeated.
    """
    reader = Reader(decode(value) if isinstance(value, bytes) else value)
    record = reader.read()
    return Parsed(record, tuple(sorted(reader.problems, key=lambda p: (p.start, p.end))))


def render(results: AuthResults) -> str:
    """The value on one line, so that `parse` gives it back.

    Control characters, which no value should hold, are written as printable escapes. Raises
    UsageError for a method, result or property that is no lower-case keyword.
    """
    return "; ".join(" ".join(words) for words in _words(results))


def is_identifier(text: str) -> bool:
    """Whether a text can be the authserv-id of our own fields: one word of printable ASCII."""
    return text.isascii() and bool(_ID.fullmatch(text))


def field(results: AuthResults, width: int = _LINE) -> bytes:
    """The whole header field, with CRLF at its end, folded so that its lines have at most `width`
    characters: between its words, and before spaces in what is longer than a line."""
    lines = ["Authentication-Results:"]
    segments = list(_words(results))
    for index, words in enumerate(segments):
        for place, word in enumerate(words):
            last = place == len(words) - 1 and index < len(segments) - 1
            shown = f"{word};" if last else word
            begins = index and not place
            if begins or len(lines[-1]) + 1 + len(shown) > width:
                lines += _long(f"\t{shown}", width)
            else:
                lines[-1] += f" {shown}"
    return "\r\n".join([*lines, ""]).encode("utf-8", "surrogateescape")


def _long(line: str, width: int) -> list[str]:
    """A line, or as many as it needs; each but the first begins with a space that was there."""
    if len(line) <= width:
        return [line]
    pieces = _SPACE.split(line)
    lines = pieces[:1]
    for piece in pieces[1:]:
        if len(lines[-1]) + len(piece) > width:
            lines.append(piece)
        else:
            lines[-1] += piece
    return lines


def _words(results: AuthResults) -> Iterator[list[str]]:
    version = [] if results.version is None else [str(results.version)]
    yield [_value(results.authserv_id, _ID), *version, *_comments(results.comments)]
    for result in results.results:
        yield list(_result(result))
    if not results.results:
        yield ["none"]


def _result(result: MethodResult) -> Iterator[str]:
    version = "" if result.version is None else f"/{result.version}"
    yield f"{_keyword(result.method)}{version}={_keyword(result.result)}"
    yield from _comments(result.comments)
    if result.reason is not None:
        yield f"reason={_value(result.reason)}"
        yield from _comments(result.reason_comments)
    for item in result.properties:
        yield f"{_name(item)}={_value(item.value)}"
        yield from _comments(item.comments)


def _name(item: Property) -> str:
    if item.ptype:
        return f"{_keyword(item.ptype)}.{_keyword(item.property, PROPERTY)}"
    if item.property == "reason":
        raise UsageError("a reason is no property")
    return _keyword(item.property)


def _keyword(word: str, pattern: re.Pattern[str] = KEYWORD) -> str:
    if word != word.lower() or not pattern.fullmatch(word):
        raise UsageError(f"{printable(word, 40)} is no lower-case keyword")
    return word


def _value(text: str, bare: re.Pattern[str] = _VALUE) -> str:
    safe = _safe(text)
    return safe if bare.fullmatch(safe) else '"' + _QUOTE.sub(r"\\\g<0>", safe) + '"'


def _comments(texts: tuple[str, ...]) -> list[str]:
    return ["(" + _PAREN.sub(r"\\\g<0>", _safe(text)) + ")" for text in texts]


def _safe(text: str) -> str:
    return _UNSAFE.sub(lambda found: printable(found[0]), text)


class Removal(msgspec.Struct, frozen=True):
    """A field that must go before we add ours: its place among those given, and why."""

    index: int
    why: str
    authserv_id: str = ""


def forged(values: Sequence[bytes], ours: Collection[str]) -> tuple[Removal, ...]:
    """The Authentication-Results fields to remove from mail that comes from outside.

    `values` are those of all the fields, in order, `ours` the authserv-ids of this trust
    boundary. Removed is what claims one of them, or a name below one, in any case and with
    A-labels or U-labels; what has a version that we do not know; and what cannot be read and
    names us somewhere (RFC 8601 §5). Never raises.
    """
    known = frozenset(_compared(name) for name in ours) - {""}
    found = (_judge(index, value, known) for index, value in enumerate(values))
    return tuple(removal for removal in found if removal)


def _judge(index: int, value: bytes, known: frozenset[str]) -> Removal | None:
    parsed = parse(value)
    if parsed.has("unsupported-version"):
        return Removal(index, "its version is not supported")
    if parsed.record is None:
        text = decode(value).lower()
        texts = (text, _squeezed(_COMMENT.sub("", text)))
        named = any(name in t or to_unicode(name) in t for name in known for t in texts)
        return Removal(index, "it cannot be read, and names us") if named else None
    claimed = _readings(parsed.record.authserv_id)
    if any(is_within(each, name) for each in claimed for name in known):
        return Removal(index, "it claims to be ours", parsed.record.authserv_id)
    return None


def _readings(authserv_id: str) -> list[str]:
    """What programs might take an authserv-id for: if it is no name, what is left of it without
    quotes, controls and the like, and each piece between those."""
    name = _compared(authserv_id)
    if _NO_NAME.search(name) is None:
        return [name]
    return [name, _squeezed(name), *_NO_NAME.split(name)[:_MOST_PIECES]]


def _squeezed(text: str) -> str:
    return _NO_NAME.sub("", text)


def _compared(authserv_id: str) -> str:
    """An authserv-id as it is compared: without what some put after a slash, as A-labels."""
    name = authserv_id.partition("/")[0].strip()
    try:
        return to_ascii(name)
    except BadName:
        return name.lower().rstrip(".")
