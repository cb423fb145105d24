"""Zip archives, read without trust (APPNOTE.TXT 6.3.10 of PKWARE).

The directory at the end says what there is. Where it is missing, as in an archive that breaks
off, the members are found one after the other from the front.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from mailworthy.reports.envelope.inflate import DEFLATE, LZMA, ONE_BZIP2, Inflated
from mailworthy.reports.envelope.limits import Budget, Trouble
from mailworthy.reports.envelope.streams import Reader, Stream
from mailworthy.reports.model import Fault
from mailworthy.reports.shown import shown

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_NONE = 0xFFFFFFFF
_ENDS = 100  # places that are looked at: a comment may hold what looks like the end
_CODINGS = {8: DEFLATE, 12: ONE_BZIP2, 14: LZMA}
_METHODS = {1: "Shrink", 6: "Implode", 9: "Deflate64", 93: "Zstandard", 95: "xz", 98: "PPMd"}


class Member(msgspec.Struct, frozen=True):
    """A file in the archive, as the archive has it; `name` is only for showing.

    `packed` is None where only its compressed text tells how long it is; `start` is where that
    text begins, or None where the local header is not there.
    """

    name: str
    method: int
    encrypted: bool
    packed: int | None
    octets: int | None
    crc: int | None
    offset: int
    start: int | None

    @property
    def folder(self) -> bool:
        """Whether it holds nothing, as folders do."""
        return self.name.endswith("/") and not self.octets


class Slice(Stream):
    """Octets from a place in a file that can be sought in, shared with others."""

    def __init__(self, file: BinaryIO, start: int, size: int | None) -> None:
        super().__init__()
        self.file, self.at, self.left = file, start, size

    def give(self, size: int) -> bytes:
        """The next ones, wherever others have read in between."""
        wanted = size if self.left is None else min(size, self.left)
        self.file.seek(self.at)
        octets = self.file.read(wanted) if wanted else b""
        self.at += len(octets)
        if self.left is not None:
            self.left -= len(octets)
            if self.left and not octets:
                self.left = 0
                return self.fail(Fault.DAMAGED, "the archive breaks off")
        return octets


class Checked(Stream):
    """A member's content, compared at its end with what the archive says of it."""

    def __init__(self, below: Reader, member: Member) -> None:
        super().__init__(below)
        self.source = below
        self.member = member
        self.sum = 0
        self.octets = 0

    def give(self, size: int) -> bytes:
        """The next octets."""
        octets = b"" if self.unmarked_end else self.source.read(size)
        self.sum = zlib.crc32(octets, self.sum)
        self.octets += len(octets)
        if not octets and self.member.octets not in {None, self.octets}:
            return self.fail(Fault.DAMAGED, "not as long as the archive says")
        if not octets and self.member.crc not in {None, self.sum}:
            return self.fail(Fault.DAMAGED, "the check sum of the archive does not fit")
        return octets

    @property
    def unmarked_end(self) -> bool:
        """Whether it ends here: LZMA need not say so itself (§5.8.9)."""
        return self.member.method == 14 and self.octets == self.member.octets


class Archive:
    """A zip archive in a file that can be sought in; it begins where the file stands.

    Never raises for what the archive says.
    """

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        self.file = file
        self.budget = budget
        self.base = file.tell()
        self.size = file.seek(0, 2)
        self.troubles: list[Trouble] = []

    def read_at(self, offset: int, size: int) -> bytes:
        """Up to so many octets from a place, none where there is no such place."""
        if offset < self.base or offset >= self.size:
            return b""
        self.file.seek(offset)
        return self.file.read(size) or b""

    def members(self) -> Iterator[Member]:
        """The files in it, in order; `troubles` tells afterwards what is missing."""
        directory = self.directory()
        if directory is None:
            self.note(Fault.DAMAGED, "the archive has no directory: it breaks off")
            yield from self.from_the_front()
            return
        yield from self.without_overlaps(list(self.listed(*directory)))

    def note(self, fault: Fault, reason: str) -> None:
        self.troubles.append(Trouble(fault, reason))

    # The directory at the end

    def directory(self) -> tuple[int, int, int] | None:
        """Where the directory lies, how many members it has, and what to add to every offset."""
        tail_at = max(self.base, self.size - _END.size - 0xFFFF)
        tail = self.read_at(tail_at, self.size - tail_at)
        at = len(tail)
        for _ in range(_ENDS):
            at = tail.rfind(b"PK\x05\x06", 0, at)
            if at < 0:
                return None
            if found := self.described(tail, at, tail_at + at):
                return found
        return None

    def described(self, tail: bytes, at: int, end: int) -> tuple[int, int, int] | None:
        """What the record at the end says; None for one that is only part of a comment."""
        if len(tail) - at < _END.size:
            return None
        *_, count, size, offset, comment = _END.unpack_from(tail, at)
        if _NONE in {size, offset} or count == 0xFFFF:
            end, count, size, offset = self.zip64(end) or (end, count, size, offset)
        shift = end - size - offset
        if not count:
            return (end, 0, shift) if len(tail) - at == _END.size + comment else None
        found = self.read_at(offset + shift, 4) == b"PK\x01\x02"
        return (offset + shift, count, shift) if found else None

    def zip64(self, end: int) -> tuple[int, int, int, int] | None:
        locator = self.read_at(end - _LOCATOR.size, _LOCATOR.size)
        if len(locator) < _LOCATOR.size or not locator.startswith(b"PK\x06\x07"):
            return None
        at = end - _LOCATOR.size - _END64.size
        record = self.read_at(at, _END64.size)
        if len(record) < _END64.size or not record.startswith(b"PK\x06\x06"):
            return None
        fields = _END64.unpack(record)
        return at, fields[7], fields[8], fields[9]

    def listed(self, at: int, count: int, shift: int) -> Iterator[Member]:
        most = self.budget.limits.members
        for _ in range(min(count, most)):
            head = self.read_at(at, _CENTRAL.size)
            if len(head) < _CENTRAL.size or not head.startswith(b"PK\x01\x02"):
                self.note(Fault.DAMAGED, "the directory of the archive breaks off")
                return
            fields = _CENTRAL.unpack(head)
            lengths = fields[10:13]
            names = self.read_at(at + _CENTRAL.size, lengths[0] + lengths[1])
            yield self.member(fields, names[: lengths[0]], names[lengths[0] :], shift)
            at += _CENTRAL.size + sum(lengths)
        if count > most:
            self.note(Fault.TOO_MANY, f"an archive of {count} files, {most} are read")

    def member(self, fields: tuple[int, ...], name: bytes, extra: bytes, shift: int) -> Member:
        flags, method, crc, packed, octets = fields[3], fields[4], *fields[7:10]
        octets, packed, offset = _wide(extra, octets, packed, fields[16])
        at = offset + shift
        local = self.read_at(at, _LOCAL.size)
        start = None
        if len(local) == _LOCAL.size and local.startswith(b"PK\x03\x04"):
            start = at + _LOCAL.size + sum(_LOCAL.unpack(local)[9:11])
        return Member(_name(name, flags), method, bool(flags & 1), packed, octets, crc, at, start)

    def without_overlaps(self, members: list[Member]) -> Iterator[Member]:
        """Octets belong to one member: who shares them is not read, however small the archive."""
        taken, refused = self.base, set()
        for member in sorted(members, key=lambda m: m.offset):
            if member.offset < taken:
                refused.add(id(member))
            taken = max(taken, (member.start or member.offset) + (member.packed or 0))
        if refused:
            self.note(Fault.DAMAGED, f"{len(refused)} files overlap others, as bombs do")
        yield from (member for member in members if id(member) not in refused)

    # Without a directory

    def from_the_front(self) -> Iterator[Member]:
        at = self.base + (4 if self.read_at(self.base, 4) != b"PK\x03\x04" else 0)
        for _ in range(self.budget.limits.members):
            head = self.read_at(at, _LOCAL.size)
            if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
                return
            member = self.local(at, _LOCAL.unpack(head))
            yield member
            end = self.end_of(member)
            if end is None:
                return
            at = end

    def local(self, at: int, fields: tuple[int, ...]) -> Member:
        flags, method, crc, packed, octets = fields[2], fields[3], *fields[6:9]
        name = self.read_at(at + _LOCAL.size, fields[9])
        extra = self.read_at(at + _LOCAL.size + fields[9], fields[10])
        octets, packed, _ = _wide(extra, octets, packed, 0)
        start = at + _LOCAL.size + fields[9] + fields[10]
        known = not flags & 8 or packed
        return Member(
            _name(name, flags),
            method,
            bool(flags & 1),
            packed if known else None,
            octets if known else None,
            crc if known else None,
            at,
            start,
        )

    def end_of(self, member: Member) -> int | None:
        """Where the next member begins; None where that cannot be known."""
        if member.start is None:
            return None
        if member.packed is not None:
            return member.start + member.packed
        coding = _CODINGS.get(member.method)
        if coding is None or member.encrypted:
            return None
        text = Inflated(Reader(Slice(self.file, member.start, None)), coding, self.budget)
        reader = Reader(text)
        reader.skip(self.budget.limits.octets + 1)
        if reader.trouble:
            return None
        end = member.start + text.consumed
        follows = self.read_at(end, 28).find(b"PK\x03\x04")
        return end + follows if follows >= 0 else None

    # Content

    def open(self, member: Member) -> Reader | Trouble:
        """A member's content as a stream, or why it cannot be read."""
        if member.encrypted:
            return Trouble(Fault.ENCRYPTED, "a file that can be read only with a password")
        if member.start is None:
            return Trouble(Fault.DAMAGED, "the archive has a directory entry without its file")
        coding = _CODINGS.get(member.method)
        if coding is None and (member.method or member.packed is None):
            method = _METHODS.get(member.method, f"method {member.method}")
            return Trouble(Fault.UNKNOWN_FORMAT, f"compressed by {method}, which is not read here")
        text = Reader(Slice(self.file, member.start, member.packed))
        content = Reader(Inflated(text, coding, self.budget)) if coding else text
        return Reader(Checked(content, member))


def _wide(extra: bytes, octets: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Sizes and place, from the Zip64 field where they do not fit (§4.5.3)."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            numbers = _numbers(extra[at + 4 : at + 4 + size])
            octets = next(numbers, octets) if octets == _NONE else octets
            packed = next(numbers, packed) if packed == _NONE else packed
            offset = next(numbers, offset) if offset == _NONE else offset
            break
        at += 4 + size
    return octets, packed, offset


def _numbers(field: bytes) -> Iterator[int]:
    return (number for (number,) in struct.iter_unpack("<Q", field[: len(field) // 8 * 8]))


def _name(name: bytes, flags: int) -> str:
    return shown(name.decode("utf-8" if flags & 0x800 else "cp437", "replace"))
