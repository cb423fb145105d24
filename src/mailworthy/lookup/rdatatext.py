"""The data of one record in a zone file: the common types fast, the others by dnspython."""

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address

import dns.exception
import dns.ipv6

from mailworthy.lookup.nametext import absolute, canonical
from mailworthy.lookup.presentation import STRINGS, from_text
from mailworthy.lookup.rrset import Value, joined
from mailworthy.names import printable

MAX_STRING = 255  # RFC 1035 §3.3
MAX_DATA = 65535  # RFC 1035 §3.2.1: RDLENGTH has sixteen bits
MAX_TTL = 2**31 - 1  # RFC 2181 §8
TTL = re.compile(r"(?:[0-9]{1,10}[smhdw]?)++", re.IGNORECASE)
_TTL_PART = re.compile(r"([0-9]+)([smhdw]?)", re.IGNORECASE)
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SIMPLE = re.compile(r"(?:[A-Za-z0-9_-]{1,63}\.)*+[A-Za-z0-9_-]{1,63}")
_ESCAPE = re.compile(r"\\([0-9]{3})|\\([^0-9])|([^\\]+)", re.DOTALL)
_HEX = re.compile(r"(?:[0-9a-f]{2})+")
_HIGH = re.compile(r"[\x80-\xff]")
_HEX_LINE = 128  # dnspython breaks hexadecimal data after so many digits


def read_value(type_: str, words: list[str], origin: str | None) -> Value:
    """The value of a record from the words after its type, as Answer.records writes it.

    Raises ValueError with a fragment for people.
    """
    if not words:
        raise ValueError("no data")
    if words[0] == "\\#" or type_ not in _READERS:
        return _generic(type_, words, origin)
    return _READERS[type_](words, origin)


@lru_cache(maxsize=16384)
def complete(word: str, origin: str | None) -> str:
    """A name of a zone file in the inside form; relative ones are completed with `origin`.

    Raises ValueError, saying what is wrong.
    """
    if word == "@":
        return _with_origin("@", "", origin)
    if word.startswith('"'):
        raise ValueError(f"{printable(word, 40)} is quoted, so it is not a name")
    if word.endswith(".") and not _escaped_dot(word):
        full = word[:-1] or "."
    else:
        full = _with_origin(word, word, origin)
    if len(full) <= 253 and _SIMPLE.fullmatch(full):
        return full.lower()
    found = canonical(full)
    if found is None:
        fault = "has an empty label" if ".." in f".{full}." else _LIMITS
        raise ValueError(f"the name {printable(full, 80)} {fault}")
    return found


_LIMITS = "is longer than DNS allows or has a wrong escape"


def _escaped_dot(word: str) -> bool:
    before = word[:-1]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


def _with_origin(shown: str, relative: str, origin: str | None) -> str:
    if origin is None:
        raise ValueError(
            f"the name {printable(shown, 80)} is relative, and there is no $ORIGIN; "
            "begin the file with a line such as: $ORIGIN example.com."
        )
    return ".".join(part for part in (relative, origin) if part not in ("", ".")) or "."


def _expect(words: list[str], count: int, form: str) -> None:
    if len(words) != count:
        raise ValueError(f"it should read: {form}")


def _number(word: str) -> str:
    if not re.fullmatch("[0-9]{1,5}", word) or int(word) > 65535:
        raise ValueError(f"{printable(word, 40)} is not a number from 0 to 65535")
    return str(int(word))


def _a(words: list[str], _: str | None) -> Value:
    _expect(words, 1, "192.0.2.1")
    try:
        return str(IPv4Address(words[0])), ()
    except AddressValueError:
        raise ValueError(f"{printable(words[0], 60)} is not an IPv4 address") from None


def _aaaa(words: list[str], _: str | None) -> Value:
    _expect(words, 1, "2001:db8::1")
    try:
        return dns.ipv6.canonicalize(words[0]), ()
    except (dns.exception.SyntaxError, ValueError):
        raise ValueError(f"{printable(words[0], 60)} is not an IPv6 address") from None


def _name(words: list[str], origin: str | None) -> Value:
    _expect(words, 1, "host.example.com.")
    return absolute(complete(words[0], origin)), ()


def _mx(words: list[str], origin: str | None) -> Value:
    _expect(words, 2, "10 mail.example.com.")
    return f"{_number(words[0])} {absolute(complete(words[1], origin))}", ()


def _srv(words: list[str], origin: str | None) -> Value:
    _expect(words, 4, "0 1 993 mail.example.com.")
    numbers = " ".join(_number(word) for word in words[:3])
    return f"{numbers} {absolute(complete(words[3], origin))}", ()


def _soa(words: list[str], origin: str | None) -> Value:
    _expect(words, 7, "ns.example.com. hostmaster.example.com. 1 3600 900 604800 300")
    if not re.fullmatch("[0-9]{1,10}", words[2]) or int(words[2]) >= 2**32:
        raise ValueError(f"{printable(words[2], 40)} is not a serial number")
    names = [absolute(complete(word, origin)) for word in words[:2]]
    return " ".join([*names, *map(str, [int(words[2]), *map(seconds, words[3:])])]), ()


def seconds(word: str) -> int:
    """A TTL, `3600` or `1h30m`, in seconds. Raises ValueError, saying what is wrong."""
    if not TTL.fullmatch(word):
        raise ValueError(f"{printable(word, 40)} is not a TTL")
    parts = _TTL_PART.findall(word)
    total = sum(int(number) * _UNITS[unit.lower()] for number, unit in parts)
    if total > MAX_TTL:
        raise ValueError(f"the TTL {printable(word, 40)} is larger than {MAX_TTL} seconds")
    return total


def _txt(words: list[str], _: str | None) -> Value:
    strings = [_octets(word) for word in words]
    if sum(map(len, strings)) + len(strings) > MAX_DATA:
        raise ValueError(f"a record holds at most {MAX_DATA} octets")
    return joined(strings)


def _octets(word: str) -> bytes:
    text = word[1:-1] if word.startswith('"') else word
    octets = unescape(text) if "\\" in text else text.encode("latin-1")
    if len(octets) > MAX_STRING:
        raise ValueError(
            f"a character-string has {len(octets)} octets and may have {MAX_STRING}; "
            'split it: "…" "…"'
        )
    return octets


def unescape(text: str) -> bytes:
    """The octets of a character-string without its quotes (RFC 1035 §5.1).

    Raises ValueError for an escape that stands for no octet.
    """
    octets, at = bytearray(), 0
    for match in _ESCAPE.finditer(text):
        number = int(match[1] or 0)
        if match.start() != at or number > 255:
            break
        octets += bytes([number]) if match[1] else (match[2] or match[3]).encode("latin-1")
        at = match.end()
    if at != len(text):
        raise ValueError(f"a wrong escape: {printable(text[at : at + 4])}")
    return bytes(octets)


def _tlsa(words: list[str], _: str | None) -> Value:
    return _digest(words, 255)


def _ds(words: list[str], origin: str | None) -> Value:
    by_number = len(words) > 1 and words[1].isdecimal()
    return _digest(words, 65535) if by_number else _generic("DS", words, origin)


def _digest(words: list[str], first_limit: int) -> Value:
    """dnspython refuses a digest of the wrong length; here it is a finding, not a wrong file."""
    digits = "".join(words[3:]).lower()
    if not all(re.fullmatch("[0-9]{1,5}", w) for w in words[:3]) or not _HEX.fullmatch(digits):
        raise ValueError("it should be three numbers and hexadecimal digits")
    numbers = [int(word) for word in words[:3]]
    if numbers[0] > first_limit or max(numbers[1:]) > 255:
        raise ValueError("a number is too large")
    return " ".join([*map(str, numbers), hex_text(digits)]), ()


def hex_text(digits: str) -> str:
    """Hexadecimal digits in the groups in which dnspython writes them."""
    return " ".join(digits[i : i + _HEX_LINE] for i in range(0, len(digits), _HEX_LINE))


def _generic(type_: str, words: list[str], origin: str | None) -> Value:
    text = " ".join(words)
    return from_text(
        type_, _HIGH.sub(lambda m: f"\\{ord(m[0]):03d}", text), absolute(origin or ".")
    )


_READERS = {
    "A": _a,
    "AAAA": _aaaa,
    "NS": _name,
    "CNAME": _name,
    "PTR": _name,
    "DNAME": _name,
    "MX": _mx,
    "SRV": _srv,
    "SOA": _soa,
    "TLSA": _tlsa,
    "SMIMEA": _tlsa,
    "DS": _ds,
    **dict.fromkeys(STRINGS, _txt),
}
