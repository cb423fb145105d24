"""What the author of a wrong record probably meant.

Guesses for messages and remedies only: no evaluation depends on anything here.
"""

import re
from difflib import get_close_matches
from functools import lru_cache
from ipaddress import ip_network

from mailworthy.parsed import Problem

MAX_TERM = 255  # of a term for which a guess is made
_NAMES = ("all", "include", "exists", "redirect", "ptr", "ip4", "ip6", "mx", "exp")
_TYPOS = {
    "ip": "ip4",
    "ipv4": "ip4",
    "ip-4": "ip4",
    "ipv6": "ip6",
    "ip-6": "ip6",
    "includes": "include",
    "inc": "include",
    "spf": "include",
    "domain": "include",
    "host": "a",
    "aaaa": "a",
    "cname": "a",
    "exist": "exists",
}
_TERM = re.compile(r"([+\-?~]*)([A-Za-z][A-Za-z0-9_-]*)([:=])?(.*)", re.DOTALL)
_JOINT = re.compile(
    r"(?<![+\-?~])[+\-?~]?(?:(?:include|ip4|ip6|exists|ptr|mx):|redirect=)"
    r"|(?<![+\-?~])(?:[+\-?~]all\Z|v=spf1)",
    re.IGNORECASE,
)
_CHARS = re.compile(r"[^ -~]+")
_INVISIBLE = re.compile(
    r"(?:\xa0|\xc2\xa0|\xc2\xad|\xad|\xe2\x80[\x80-\x8f\xaa-\xaf]|\xe2\x81\xa0|\xef\xbb\xbf"
    r"|[\u2000-\u200f\u202a-\u202f\u2060\ufeff])+"
)
_TYPOGRAPHIC = re.compile(
    r"(?:\xe2\x80[\x90-\xa6]|\xc2[\xab\xbb]|[\xab\xbb\x91-\x97]|\xe2\x88\x92|\xc3\x97"
    r"|[\u2010-\u2026\u2212])+"
)


@lru_cache(maxsize=256)
def intended(text: str) -> str | None:
    """The term that was probably meant by this one, else None.

    >>> intended("ipv4:192.0.2.1")
    'ip4:192.0.2.1'
    """
    stripped = text.strip("\"',;")
    if len(stripped) > MAX_TERM:
        return None
    at = joint(stripped)
    if at is not None:
        head, tail = stripped[:at], stripped[at:]
        guess = f"{intended(head) or head} {intended(tail) or tail}"
    else:
        guess = _bare_address(stripped) or _repaired(stripped) or stripped
    return guess if guess != text else None


def _bare_address(text: str) -> str | None:
    version = _version(text)
    return f"ip{version}:{text}" if version else None


def _version(text: str) -> int | None:
    try:
        return ip_network(text, strict=False).version if len(text) < 64 else None
    except ValueError:
        return None


def _repaired(text: str) -> str | None:
    found = _TERM.fullmatch(text)
    if not found:
        return None
    name, value = found[2].lower(), found[4]
    version = _version(value) if found[3] else None
    if version and name not in ("exp", "redirect"):
        return f"{found[1][:1]}ip{version}:{value}"
    name = name if name in (*_NAMES, "a") else _TYPOS.get(name) or _near(name) or ""
    if name in ("redirect", "exp"):
        return f"{name}={value}"
    return f"{found[1][:1]}{name}{':' if found[3] else ''}{value}" if name else None


def _near(name: str) -> str | None:
    close = get_close_matches(name, _NAMES, 1, 0.75) if 2 < len(name) < 16 else []
    return close[0] if close else None


def misspelt(name: str) -> bool:
    """Whether a modifier has the name of a mechanism as people misspell it."""
    return name in _TYPOS


def joint(text: str) -> int | None:
    """Where, inside one term, another seems to begin: the space before it was lost, usually
    where two strings of a TXT record were joined (RFC 7208 §3.3)."""
    found = _JOINT.search(text, 1)
    return found.start() if found else None


def character_faults(text: str) -> list[Problem]:
    """Every run of characters that are not printable ASCII (RFC 7208 §3.1)."""
    return [_character_fault(text[m.start() : m.end()], m.start()) for m in _CHARS.finditer(text)]


def _character_fault(run: str, at: int) -> Problem:
    if _INVISIBLE.fullmatch(run):
        code, message = "invisible-character", "an invisible character, not a space, stands here"
    elif _TYPOGRAPHIC.fullmatch(run):
        code, message = "typographic-character", "a typographic quote or dash stands here"
    elif run[0] < " " or run[0] == "\x7f":
        code, message = "control-character", "only spaces may separate terms"
    else:
        code, message = "not-ascii", "a record holds ASCII characters only"
    return Problem(code, message, at, at + len(run))


_ALMOST = re.compile(
    r"[\s\"'\xa0\xc2\xe2\x80-\x9f\xef\xbb\xbf]*v\s*=?\s*[\"']?\s*spf-?\s*1?(?:\.0)?|spf1\b|v=spf\b",
    re.IGNORECASE,
)


def version_fault(text: str) -> Problem:
    """Why a text is no SPF record: `almost-spf` where someone meant it to be one, else
    `not-spf`."""
    found = _ALMOST.match(text[:64])
    if not found or text[:8].lower().startswith(("v=spf2", "spf2.0")):
        return Problem("not-spf", "this is not an SPF record", 0, min(len(text), 8))
    message = "an SPF record begins with exactly 'v=spf1' and a space"
    return Problem("almost-spf", message, 0, min(len(text), max(found.end() + 1, 7)))
