"""Domain names between presentation text and the octets on the wire (RFC 1035 §3.1, §5.1).

Every name that reaches a resolver goes through here, so that two spellings of one name
(`\\097.example`, `a.example`, `A.Example.`) are one name afterwards.
"""

import re
from functools import lru_cache

MAX_WIRE = 255
MAX_LABEL = 63
_SPECIAL = frozenset(b'"().;\\@$')
_PLAIN = re.compile(r"(?:[a-z0-9_*/+=-]{1,63}\.)*+[a-z0-9_*/+=-]{1,63}")
_PLAIN_LABEL = re.compile(rb"[a-z0-9_*/+=-]+")
_PIECE = re.compile(r"\\([0-9]{3})|\\([^0-9])|(\.)|([^\\.]+)", re.DOTALL)


def _octet_text(octet: int) -> str:
    if octet in _SPECIAL:
        return "\\" + chr(octet)
    return chr(octet) if 0x20 < octet < 0x7F else f"\\{octet:03d}"


_TEXT = [_octet_text(o) for o in bytes(range(256)).lower()]


@lru_cache(maxsize=16384)
def label_text(label: bytes) -> str:
    """One label as lower-case presentation text."""
    lowered = label.lower()
    if _PLAIN_LABEL.fullmatch(lowered):
        return lowered.decode("ascii")
    return "".join([_TEXT[octet] for octet in lowered])


@lru_cache(maxsize=16384)
def wire_labels(name: str) -> tuple[bytes, ...] | None:
    """The lower-case labels of a name; None if it cannot be sent (RFC 1035 §2.3.4).

    `name` is presentation text without the final dot; a bare character stands for its octet
    (latin-1). Empty labels, labels over 63 octets, names over 255, wrong escapes and
    characters that are no octets give None.
    """
    if name == ".":
        return ()
    found = _split(name)
    if found is None or any(not 1 <= len(label) <= MAX_LABEL for label in found):
        return None
    return tuple(found) if sum(map(len, found)) + len(found) < MAX_WIRE else None


def _split(name: str) -> list[bytes] | None:
    if len(name) > 4 * MAX_WIRE:
        return None
    if "\\" not in name:
        try:
            return name.encode("latin-1").lower().split(b".")
        except UnicodeEncodeError:
            return None
    found, current, at = [], bytearray(), 0
    for match in _PIECE.finditer(name):
        if match.start() != at:
            return None
        at = match.end()
        number, escaped, dot, plain = match.groups()
        if dot:
            found.append(bytes(current).lower())
            current.clear()
            continue
        code = int(number) if number else 0
        text = plain or escaped or ""
        if code > 255 or any(c > "\xff" for c in text):
            return None
        current += bytes([code]) if number else text.encode("latin-1")
    return [*found, bytes(current).lower()] if at == len(name) else None


@lru_cache(maxsize=16384)
def canonical(name: str) -> str | None:
    """A name in the inside form with one spelling of escapes; None as for `wire_labels`."""
    if len(name) <= 253 and _PLAIN.fullmatch(name):
        return name
    parts = wire_labels(name)
    return None if parts is None else ".".join(map(label_text, parts)) or "."


@lru_cache(maxsize=16384)
def wire_name(name: str) -> bytes | None:
    """A name as uncompressed octets; None as for `wire_labels`."""
    parts = wire_labels(name)
    if parts is None:
        return None
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def absolute(name: str) -> str:
    """An inside-form name with its final dot, as record values write it."""
    return name if name == "." else name + "."
