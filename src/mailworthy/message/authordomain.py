"""From a domain as it is written in an address to its name in DNS (RFC 9989 §5.3.1)."""

import re
from functools import lru_cache

import msgspec

from mailworthy.message.encodedword import each
from mailworthy.names import BadName, spelled, to_ascii

_MAX_WRITTEN = 1000  # no domain is longer, in whatever script
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_AFTER_AT = re.compile(r"@([\w.-]{1,255})")
_MAX_FOUND = 20  # names in one piece of text


class Domain(msgspec.Struct, frozen=True):
    """What a written domain may be: its A-labels, or why it is none and what readers may see."""

    names: tuple[str, ...]
    why: str = ""


def domain_of(written: str) -> Domain:
    """Read a domain. Never raises; `names` has exactly one where `why` is empty.

    A domain with control characters, octets that are no UTF-8, or encoded words in it is none;
    still it counts what a reader sees who stops at a NUL, drops it, or decodes.
    """
    if len(written) > _MAX_WRITTEN:
        return Domain((), f"{spelled(written, 60)} is too long for a domain name")
    return _read(written)


@lru_cache(maxsize=1024)
def _read(written: str) -> Domain:
    if _CONTROL.search(written):
        return _controlled(written)
    try:
        return Domain((to_ascii(written),))
    except BadName as error:
        return _unreadable(written, error)


def _controlled(written: str) -> Domain:
    parts = (_CONTROL.split(written, maxsplit=1)[0], _CONTROL.sub("", written))
    return Domain(_names(parts), f"control characters stand in {spelled(written, 60)}")


def _unreadable(written: str, error: BadName) -> Domain:
    shown = spelled(written, 60) or "an empty text"
    if any("\ud800" <= char <= "\udfff" for char in written):
        octets = written.encode("utf-8", "surrogateescape")
        return Domain(_names((octets.decode("latin-1"),)), f"{shown} is not UTF-8")
    return Domain(_names(each(written)), str(error))


def hidden_domains(text: str) -> tuple[str, ...]:
    """What follows an at-sign in a text that is no address, and in its encoded words.

    RFC 2047 §5 allows no encoded word to be or hide an address; some readers decode first.
    """
    found = [_AFTER_AT.findall(piece) for piece in (text[:_MAX_WRITTEN], *each(text))]
    return _names(tuple(name for names in found for name in names[:_MAX_FOUND]))


def _names(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the texts that are domain names, each once."""
    found: dict[str, None] = {}
    for text in texts:
        try:
            found[to_ascii(text)] = None
        except BadName:
            continue
    return tuple(found)
