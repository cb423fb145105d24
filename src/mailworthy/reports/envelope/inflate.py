"""Compressed octets, decompressed piece by piece and never beyond the limits."""

import bz2
import lzma
import struct
import zlib
from collections.abc import Callable
from typing import NamedTuple, Protocol

from mailworthy.reports.envelope.limits import MEBI, Budget
from mailworthy.reports.envelope.streams import CHUNK, Reader, Stream
from mailworthy.reports.model import Fault

DICTIONARY = 32 * MEBI  # what LZMA may take; its best setting for files of that size
_ERRORS = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


class Coder(Protocol):
    """What bz2 and lzma have, and zlib in its own way."""

    @property
    def eof(self) -> bool:
        """Whether the compressed text has ended."""

    @property
    def unused_data(self) -> bytes:
        """What came after its end."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most so many octets more."""


class Zlib:
    """zlib's decompressor, which keeps what it could not use yet as the others do.

    Of damaged data it gives all that comes before the damage, and fails then.
    """

    def __init__(self, wbits: int) -> None:
        self.inner = zlib.decompressobj(wbits)
        self.tail = b""
        self.broken = False

    @property
    def eof(self) -> bool:
        """Whether the compressed text has ended."""
        return self.inner.eof

    @property
    def unused_data(self) -> bytes:
        """What came after its end."""
        return self.inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most so many octets more. Raises zlib.error."""
        if self.broken:
            raise zlib.error("damaged before")
        data = self.tail + data
        spare = self.inner.copy()  # a call that fails loses what it had decompressed
        try:
            octets = self.inner.decompress(data, max_length)
        except zlib.error:
            self.inner = spare
            return self.salvage(data, max_length)
        self.tail = self.inner.unconsumed_tail
        return octets

    def salvage(self, data: bytes, room: int) -> bytes:
        octets = bytearray()
        for at in range(len(data)):
            try:
                octets += self.inner.decompress(data[at : at + 1], room - len(octets))
            except zlib.error:
                self.broken = True
                break
            self.tail = self.inner.unconsumed_tail + data[at + 1 :]
            if len(octets) == room:
                break
        return bytes(octets)


class Coding(NamedTuple):
    """A way to compress, and how its texts begin where several can follow each other."""

    start: Callable[[], Coder]
    magic: bytes = b""


def _xz() -> Coder:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=DICTIONARY + 4 * MEBI)


GZIP = Coding(lambda: Zlib(31), b"\x1f\x8b")  # RFC 1952
BZIP2 = Coding(bz2.BZ2Decompressor, b"BZ")
XZ = Coding(_xz, b"\xfd7")
DEFLATE = Coding(lambda: Zlib(-15))  # RFC 1951; this and those below are one text, as in zip
ONE_BZIP2 = Coding(bz2.BZ2Decompressor)


class ZipLzma:
    """LZMA as zip has it: version, size of the properties, properties, then the raw text."""

    def __init__(self) -> None:
        self.inner: lzma.LZMADecompressor | None = None
        self.head = b""

    @property
    def eof(self) -> bool:
        """Whether the compressed text has ended."""
        return self.inner is not None and self.inner.eof

    @property
    def unused_data(self) -> bytes:
        """What came after its end."""
        return self.inner.unused_data if self.inner else b""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most so many octets more. Raises LZMAError."""
        if self.inner is None:
            self.head += data
            if len(self.head) < 9:
                return b""
            self.inner, data = self.begin()
        return self.inner.decompress(data, max_length)

    def begin(self) -> tuple[lzma.LZMADecompressor, bytes]:
        size, first, dictionary = struct.unpack_from("<HBI", self.head, 2)
        if size != 5 or first >= 9 * 5 * 5 or dictionary > DICTIONARY:
            raise lzma.LZMAError("properties that we do not read")
        kind = {"id": lzma.FILTER_LZMA1, "dict_size": dictionary}
        bits = {"lc": first % 9, "lp": first // 9 % 5, "pb": first // 45}
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[kind | bits]), self.head[9:]


LZMA = Coding(ZipLzma)


class Inflated(Stream):
    """What comes out of a decompressor.

    Compressed texts that follow each other count as one (RFC 1952 §2.2), up to a limit; what
    comes after them and is none is left out.
    """

    def __init__(self, below: Reader, coding: Coding, budget: Budget) -> None:
        super().__init__(below)
        self.source = below
        self.coding = coding
        self.coder = coding.start()
        self.budget = budget
        self.pending = b""
        self.texts = 1
        self.taken = 0
        self.made = 0
        self.over = False

    @property
    def consumed(self) -> int:
        """How many octets the compressed text had, once it has ended."""
        return self.taken - len(self.coder.unused_data)

    def give(self, size: int) -> bytes:
        """The next decompressed octets."""
        try:
            return self.account(self.next(size))
        except _ERRORS:
            self.over = True
            return self.fail(Fault.DAMAGED, "the compressed data is damaged")

    def next(self, size: int) -> bytes:
        octets = b""
        while not octets and not self.over:
            data, self.pending = self.pending, b""
            octets = self.coder.decompress(data, size)
            if self.coder.eof:
                self.follow()
            elif not octets:
                self.pending = self.more()
                if not self.pending:
                    self.over = True
                    self.fail(Fault.DAMAGED, "the compressed data breaks off")
        return octets

    def more(self) -> bytes:
        data = self.source.read(CHUNK)
        self.taken += len(data)
        return data

    def follow(self) -> None:
        """After the end of a compressed text: the beginning of the next, if there is one."""
        self.over = not self.coding.magic
        if self.over:
            return
        rest = self.coder.unused_data
        if len(rest) < len(self.coding.magic):
            rest += self.more()
        self.over = not rest.startswith(self.coding.magic)
        if not self.over and self.texts >= self.budget.limits.members:
            self.over = True
            self.fail(Fault.TOO_MANY, f"more than {self.texts} compressed texts in a row")
        if not self.over:
            self.texts += 1
            self.coder, self.pending = self.coding.start(), rest

    def account(self, octets: bytes) -> bytes:
        """Count what was unpacked, and stop where it is too much."""
        limits = self.budget.limits
        self.made += len(octets)
        self.budget.unpacked += len(octets)
        if self.made > limits.free and self.made > limits.ratio * self.taken:
            return self.stop(f"more than {limits.ratio} times as large as when it was packed")
        if self.budget.spent:
            return self.stop(f"more than {limits.total} octets are packed into this")
        if self.made > limits.octets:
            return self.stop(f"more than {limits.octets} octets")
        return octets

    def stop(self, reason: str) -> bytes:
        """Give nothing more of what is too large."""
        self.over = True
        return self.fail(Fault.TOO_LARGE, reason)
