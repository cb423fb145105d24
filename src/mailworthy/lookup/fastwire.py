"""Our own decoder for the record types of mail: fast, strict, and equal to dnspython's text."""

import struct
from collections.abc import Callable
from functools import lru_cache

import dns.ipv6

from mailworthy.lookup.nametext import absolute, label_text
from mailworthy.lookup.rrset import Value, joined
from mailworthy.lookup.wiremodel import (
    EDE,
    IN,
    MAX_RECORDS,
    NS,
    OPT,
    SOA,
    Message,
    Record,
    sane_ttl,
    wanted,
)

_HEAD = struct.Struct("!6H")
_RECORD = struct.Struct("!HHIH")
_PAIR = struct.Struct("!HH")
_MAX_NAME = 254  # without the root's octet
_MAX_HOPS = 64  # pointers that follow each other in one name
_HEX_GROUP = 64  # octets: dnspython breaks long hexadecimal data there


class Odd(Exception):
    """Something unusual: dnspython shall judge this message."""


class _Octets:
    """A message with the names that were read so far."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.seen: dict[int, tuple[str, int]] = {}

    def name(self, at: int) -> tuple[str, int]:
        """The name at an offset, in the inside form, and the offset behind it."""
        known = self.seen.get(at)
        if known is None:
            data = self.data
            if data[at] >= 0xC0 and (target := self._pointer(at)) in self.seen and target < at:
                known = (self.seen[target][0], at + 2)
            else:
                known = self._read(at)
            self.seen[at] = known
        return known

    def _pointer(self, at: int) -> int:
        return (self.data[at] & 0x3F) << 8 | self.data[at + 1]

    def _read(self, at: int) -> tuple[str, int]:
        data, labels, total, behind, lowest, hops = self.data, [], 0, -1, at, 0
        while length := data[at]:
            if length < 0x40:
                label = data[at + 1 : at + 1 + length]
                total += length + 1
                if len(label) != length or total > _MAX_NAME:
                    raise Odd
                labels.append(label_text(label))
                at += length + 1
                continue
            target, hops = self._pointer(at), hops + 1
            # A pointer must go back, further each time (RFC 1035 §4.1.4: a prior occurrence).
            if length < 0xC0 or target >= lowest or hops > _MAX_HOPS:
                raise Odd
            behind = at + 2 if behind < 0 else behind
            at = lowest = target
        return ".".join(labels) or ".", at + 1 if behind < 0 else behind

    def whole_name(self, at: int, end: int) -> str:
        """A name that must fill its record data exactly."""
        name, behind = self.name(at)
        if behind != end:
            raise Odd
        return absolute(name)


def decode_fast(data: bytes) -> Message:
    """Read a message. Raises Odd, IndexError or struct.error for what it will not judge."""
    ident, flags, questions, *counts = _HEAD.unpack_from(data)
    if questions != 1 or flags & 0x7800 or sum(counts) > MAX_RECORDS:
        raise Odd
    octets = _Octets(data)
    name, at = octets.name(12)
    asked, class_ = _PAIR.unpack_from(data, at)
    if class_ != IN:
        raise Odd
    answer, at = _section(octets, at + 4, counts[0], lambda type_: wanted(type_, asked))
    authority, at = _section(octets, at, counts[1], lambda type_: type_ in (NS, SOA))
    high, ede = _additional(octets, at, counts[2])
    return Message(
        ident,
        high << 4 | flags & 15,
        bool(flags & 0x0400),
        bool(flags & 0x0200),
        bool(flags & 0x0080),
        bool(flags & 0x0020),
        (name, asked),
        answer,
        authority,
        ede,
    )


def _section(
    octets: _Octets, at: int, count: int, keep: Callable[[int], bool]
) -> tuple[tuple[Record, ...], int]:
    records = []
    for _ in range(count):
        name, at = octets.name(at)
        type_, class_, ttl, length = _RECORD.unpack_from(octets.data, at)
        start = at + 10
        at = start + length
        if at > len(octets.data) or type_ == OPT:
            raise Odd
        if class_ == IN and keep(type_):
            records.append(Record(name, type_, sane_ttl(ttl), *_value(octets, type_, start, at)))
    return tuple(records), at


def _value(octets: _Octets, type_: int, start: int, end: int) -> Value:
    reader = _READERS.get(type_)
    if reader is None:
        raise Odd
    return reader(octets, start, end)


def _additional(octets: _Octets, at: int, count: int) -> tuple[int, tuple[int, ...]]:
    """The high bits of the response code and the extended errors (RFC 6891 §6.1.3, RFC 8914)."""
    high, ede, seen = 0, [], False
    for _ in range(count):
        name, at = octets.name(at)
        type_, _class, ttl, length = _RECORD.unpack_from(octets.data, at)
        start = at + 10
        at = start + length
        if at > len(octets.data):
            raise Odd
        if type_ == OPT:
            if seen or name != ".":
                raise Odd
            seen, high = True, ttl >> 24
            ede = _errors(octets.data, start, at)
    return high, tuple(ede)


def _errors(data: bytes, at: int, end: int) -> list[int]:
    codes = []
    while at < end:
        option, length = _PAIR.unpack_from(data, at)
        at += 4
        if at + length > end:
            raise Odd
        if option == EDE:
            if length < 2:
                raise Odd
            codes.append(int.from_bytes(data[at : at + 2]))
        at += length
    return codes


def _a(octets: _Octets, start: int, end: int) -> Value:
    if end - start != 4:
        raise Odd
    return "%d.%d.%d.%d" % tuple(octets.data[start:end]), ()  # noqa: UP031 - the fastest way


def _aaaa(octets: _Octets, start: int, end: int) -> Value:
    if end - start != 16:
        raise Odd
    return _ipv6(octets.data[start:end]), ()


@lru_cache(maxsize=4096)
def _ipv6(octets: bytes) -> str:
    return dns.ipv6.inet_ntoa(octets)


def _name(octets: _Octets, start: int, end: int) -> Value:
    return octets.whole_name(start, end), ()


def _mx(octets: _Octets, start: int, end: int) -> Value:
    preference = int.from_bytes(octets.data[start : start + 2])
    return f"{preference} {octets.whole_name(start + 2, end)}", ()


def _srv(octets: _Octets, start: int, end: int) -> Value:
    priority, weight, port = struct.unpack_from("!3H", octets.data, start)
    return f"{priority} {weight} {port} {octets.whole_name(start + 6, end)}", ()


def _soa(octets: _Octets, start: int, end: int) -> Value:
    mname, at = octets.name(start)
    rname, at = octets.name(at)
    if end - at != 20:
        raise Odd
    serial, *times = struct.unpack_from("!5I", octets.data, at)
    if max(times) > 2**31 - 1:  # dnspython refuses such times
        raise Odd
    numbers = " ".join(map(str, [serial, *times]))
    return f"{absolute(mname)} {absolute(rname)} {numbers}", ()


def _txt(octets: _Octets, start: int, end: int) -> Value:
    data, strings = octets.data, []
    while start < end:
        behind = start + 1 + data[start]
        if behind > end:
            raise Odd
        strings.append(data[start + 1 : behind])
        start = behind
    if not strings:
        raise Odd
    return joined(strings)


def _tlsa(octets: _Octets, start: int, end: int) -> Value:
    if end - start < 3:
        raise Odd
    usage, selector, matching = struct.unpack_from("!3B", octets.data, start)
    return f"{usage} {selector} {matching} {_hex(octets.data[start + 3 : end])}", ()


def _ds(octets: _Octets, start: int, end: int) -> Value:
    if end - start < 4:
        raise Odd
    tag, algorithm, digest = struct.unpack_from("!HBB", octets.data, start)
    return f"{tag} {algorithm} {digest} {_hex(octets.data[start + 4 : end])}", ()


def _caa(octets: _Octets, start: int, end: int) -> Value:
    data = octets.data
    flags, length = data[start], data[start + 1]
    behind = start + 2 + length
    if behind > end:
        raise Odd
    tag, value = data[start + 2 : behind], data[behind:end]
    return f'{flags} {_quoted(tag)} "{_quoted(value)}"', ()


def _quoted(octets: bytes) -> str:
    """Octets as they stand between quotes (RFC 1035 §5.1)."""
    return "".join(_QUOTED[octet] for octet in octets)


def _hex(octets: bytes) -> str:
    size = _HEX_GROUP
    return " ".join(octets[i : i + size].hex() for i in range(0, len(octets), size))


def _quoted_octet(octet: int) -> str:
    if octet in b'"\\':
        return "\\" + chr(octet)
    return chr(octet) if 0x20 <= octet < 0x7F else f"\\{octet:03d}"


_QUOTED = [_quoted_octet(octet) for octet in range(256)]
_READERS: dict[int, Callable[[_Octets, int, int], Value]] = {
    1: _a,
    2: _name,
    5: _name,
    6: _soa,
    12: _name,
    15: _mx,
    16: _txt,
    28: _aaaa,
    33: _srv,
    39: _name,
    43: _ds,
    52: _tlsa,
    257: _caa,
}
