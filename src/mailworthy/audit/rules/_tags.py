"""Smallest repairs of tag-list records ("a=b; c=d"): the rest of the text stays as it is."""

import difflib
import html
from collections.abc import Callable, Iterable

from mailworthy.taglist import DKIM_NAME, parse

_SPACE = " \t\r\n"
_MAX_REPAIRS = 32  # of one kind in one record; who has more needs a new record anyway
QUOTES = "\"'"


def pieces(text: str) -> list[str]:
    """What stands between the semicolons, trimmed; empty pieces left out."""
    return [trimmed for piece in text.split(";") if (trimmed := piece.strip(_SPACE))]


def joined(parts: Iterable[str]) -> str:
    """Pieces as a record."""
    return "; ".join(parts)


COMMENTED = "probably written without quotes; in a zone file ; begins a comment"


def bare(text: str, version: str) -> bool:
    """Whether nothing but the version was published, not even the semicolon behind it."""
    return "".join(text.split()).lower() == f"v={version.lower()}"


def name_of(piece: str) -> str:
    """The tag's name in a piece, as written."""
    return piece.partition("=")[0].strip(_SPACE)


def with_tag(text: str, name: str, value: str) -> str:
    """The record with this tag set: in its place, or at the end if it was not there."""
    parts = pieces(text)
    for index, piece in enumerate(parts):
        if name_of(piece).lower() == name and "=" in piece:
            parts[index] = f"{name}={value}"
            return joined(parts)
    return joined([*parts, f"{name}={value}"])


def without_tag(text: str, name: str) -> str:
    """The record without any tag of this name, in whatever case."""
    return joined(p for p in pieces(text) if name_of(p).lower() != name)


def first_tag(text: str, name: str, value: str) -> str:
    """The record with this tag, so set, before all others."""
    return joined([f"{name}={value}", *pieces(without_tag(text, name))])


def renamed(text: str, name: str, new: str) -> str:
    """The record with the tag `name`, as written, called `new`."""
    return joined(
        f"{new}={p.partition('=')[2].strip(_SPACE)}" if "=" in p and name_of(p) == name else p
        for p in pieces(text)
    )


def rebuilt(text: str, *, fold_case: bool = False) -> str:
    """The record of its well-formed tags alone, the first of each name; v= before the others.

    With `fold_case` a name in capitals is the same name, as in DMARC records.
    """
    kept: dict[str, str] = {}
    for piece in pieces(text):
        name = name_of(piece).lower() if fold_case else name_of(piece)
        if "=" in piece and DKIM_NAME.fullmatch(name):
            kept.setdefault(name, piece)
    return joined([kept[name] for name in sorted(kept, key=lambda n: n != "v")])


def unescaped(text: str) -> str:
    """Backslashes before semicolons taken away."""
    return text.replace("\\;", ";")


def unquoted(text: str) -> str:
    """Quotation marks around the whole, or that became part of it, taken away."""
    return "".join(c for c in text if c not in QUOTES).strip(_SPACE)


def decoded(text: str) -> str:
    """HTML entities turned into the characters they stand for; what is not ASCII goes."""
    plain = html.unescape(text).replace("\xa0", " ")
    return "".join(c for c in plain if " " <= c <= "~").strip(_SPACE)


def scrubbed(text: str, code: str) -> str:
    """The text without whatever the tag-list reader notes under this code."""
    return _mended(text, code, lambda bad: "")


def separated(text: str) -> str:
    """Semicolons put where they seem to be missing."""
    return _mended(text, "missing-semicolon", lambda bad: "; " + bad)


def _mended(text: str, code: str, better: Callable[[str], str]) -> str:
    for _ in range(_MAX_REPAIRS):
        found = next((p for p in parse(text).problems if p.code == code), None)
        if found is None:
            break
        before = text[: found.start]
        if code == "missing-semicolon":
            before = before.rstrip(_SPACE + ",")
        text = before + better(text[found.start : found.end]) + text[found.end :]
    return text


def nearest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The word that was probably meant."""
    found = difflib.get_close_matches(word.lower()[:40], list(words), n=1, cutoff=cutoff)
    return found[0] if found else None
