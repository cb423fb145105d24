"""The texts of a report as values: addresses, counts, times, domains, words, prose."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from socket import AF_INET6, inet_ntop, inet_pton

from mailworthy.names import BadName, harmless, normalize, printable, to_ascii

MAX_COUNT = 10**10  # the largest receivers take about as many messages a day from everybody
MAX_WORD, MAX_PROSE, MAX_DOMAIN = 64, 1000, 253
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
# The system writes addresses as RFC 5952 wants, except some that begin with zeros.
_IPV6 = re.compile(r"[1-9a-f][0-9a-f]{0,3}:[0-9a-f:]{1,34}")
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
_SECONDS = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{0,20})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNT = re.compile(r"\+?0*([0-9]{1,20})(?:\.0*)?")
MILLISECONDS, MICROSECONDS = 10**11, 10**14  # no time in seconds is as large


@lru_cache(maxsize=2048)
def address(text: str) -> str | None:
    """An IP address as canonical text, IPv4 where it was mapped into IPv6; None for none."""
    if _IPV4.fullmatch(text):
        return text
    if _IPV6.fullmatch(text):
        with suppress(OSError):
            return inet_ntop(AF_INET6, inet_pton(AF_INET6, text))
    return _any_address(text)


def _any_address(text: str) -> str | None:
    """The same in every other form; this one decides what is no address."""
    bare = text.removeprefix("[").removesuffix("]")
    if bare[:5].lower() == "ipv6:":
        bare = bare[5:]
    try:
        if ":" not in bare:
            return str(IPv4Address(bare))
        ip = IPv6Address(bare)
    except ValueError:
        return None
    return None if ip.scope_id else str(ip.ipv4_mapped or ip)


def number(text: str) -> int | None:
    """A count of messages, if it can be one: 1 to MAX_COUNT. Accepts `+5`, `007` and `3.0`."""
    if text.isascii() and text.isdigit() and len(text) < 20:
        count = int(text)
    else:
        match = _COUNT.fullmatch(text[:64])
        count = int(match[1]) if match else 0
    return count if 0 < count <= MAX_COUNT else None


def moment(text: str, *, end: bool = False) -> int | None:
    """A time in seconds since 1970; None for what is none.

    Accepts fractions, milliseconds and microseconds since 1970 and ISO 8601, UTC where it names
    no zone; a mere date is its beginning, or its last second as the `end` of a period.
    """
    text = text[:64]
    if _SECONDS.fullmatch(text):
        value = int(text.partition(".")[0])
        size = abs(value)
        unit = 10**6 if size >= MICROSECONDS else 1000 if size >= MILLISECONDS else 1
        return value // unit
    try:
        when = datetime.fromisoformat(text)
        seconds = int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
    return seconds + 86399 if end and _DATE.fullmatch(text) else seconds


@lru_cache(maxsize=2048)
def domain(text: str) -> tuple[str, str]:
    """A domain in the inside form, and the code of the flaw that it has, if any.

    An address loses its local part: it is nobody's business here. What can be no name in DNS stays
    as printable text.
    """
    code = ""
    bare = text.strip()
    if "@" in bare or bare[:1] == "<":
        code, bare = "address", bare.rpartition("@")[2].strip("<> ")
    if _NAME.fullmatch(bare) and len(bare) <= MAX_DOMAIN:
        return bare, code
    if not bare.strip("."):
        return "", code
    return _unusual(bare, code)


def _unusual(bare: str, code: str) -> tuple[str, str]:
    try:
        return to_ascii(bare), code
    except BadName:
        return printable(normalize(bare), MAX_DOMAIN), code or "domain-form"


def word(text: str) -> str:
    """A keyword: lower case, printable, bounded."""
    return printable(text.strip().lower(), MAX_WORD)


def prose(text: str, limit: int = MAX_PROSE) -> str:
    """One line for people, any script, nothing that could steer a terminal, bounded."""
    line = harmless(" ".join(text[: 2 * limit].split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"
