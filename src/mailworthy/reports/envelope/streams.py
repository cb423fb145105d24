"""Octets that come from somewhere, read as a file: bounded, and with their trouble at the end.

A stream never raises for what it reads. It ends where its octets end or break off, and `trouble`
then says why; what was read before stands.
"""

import hashlib
import io
from typing import BinaryIO

from mailworthy.errors import UsageError
from mailworthy.reports.envelope.limits import Budget, Trouble
from mailworthy.reports.model import Fault, Place

CHUNK = 1 << 16


class Stream(io.RawIOBase):
    """What a `Reader` reads from. `give` is what each kind of stream does in its own way."""

    def __init__(self, below: "Reader | None" = None) -> None:
        super().__init__()
        self.below = below
        self.own: Trouble | None = None

    @property
    def trouble(self) -> Trouble | None:
        """Why it ended early; the trouble of what lies below comes first, as the cause."""
        return (self.below.trouble if self.below else None) or self.own

    def fail(self, fault: Fault, reason: str) -> bytes:
        """Note the trouble, and give nothing more."""
        self.own = self.own or Trouble(fault, reason)
        return b""

    def give(self, size: int) -> bytes:
        """Up to `size` octets, none only at the end."""
        raise NotImplementedError

    def readable(self) -> bool:
        """As io.RawIOBase wants it."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer, less only at the end: `Reader.peek` then sees a whole chunk."""
        filled, wanted = 0, len(buffer)
        while filled < wanted and (octets := self.give(min(CHUNK, wanted - filled))):
            buffer[filled : filled + len(octets)] = octets
            filled += len(octets)
        return filled


class Reader(io.BufferedReader):
    """A binary file over a stream."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream, CHUNK)
        self.stream = stream

    @property
    def trouble(self) -> Trouble | None:
        """Why it ended before its end, if it did and as far as it has been read."""
        return self.stream.trouble

    def skip(self, size: int) -> int:
        """Read and forget; how many octets there were."""
        left = size
        while left > 0 and (octets := self.read(min(left, CHUNK))):
            left -= len(octets)
        return size - left


class Given(Stream):
    """What the caller gave; it is not closed here."""

    def __init__(self, source: BinaryIO) -> None:
        super().__init__()
        self.source = source

    def give(self, size: int) -> bytes:
        """As the source gives it. Raises UsageError for a file opened as text."""
        octets = self.source.read(size)
        if isinstance(octets, str):
            raise UsageError("a report is read from bytes or from a file opened as binary")
        return octets or b""


class Span(Stream):
    """Some octets of others that lie in memory."""

    def __init__(self, data: bytes, start: int, end: int) -> None:
        super().__init__()
        self.data, self.at, self.end = data, start, end

    def give(self, size: int) -> bytes:
        """The next ones."""
        start, self.at = self.at, min(self.end, self.at + size)
        return self.data[start : self.at]


class Taken(Stream):
    """What a report reader reads: counted and hashed."""

    def __init__(self, below: Reader, budget: Budget) -> None:
        super().__init__(below)
        self.source = below
        self.limit = budget.limits.octets
        self.hash = hashlib.sha256()
        self.octets = 0
        self.ended = False

    def give(self, size: int) -> bytes:
        """The next octets."""
        if self.ended:
            return b""
        octets = self.source.read(min(size, self.limit - self.octets) or 1)
        if self.octets + len(octets) > self.limit:
            self.ended = True
            return self.fail(Fault.TOO_LARGE, f"a report of more than {self.limit} octets")
        self.ended = not octets
        self.octets += len(octets)
        self.hash.update(octets)
        return octets

    def place(self, path: tuple[str, ...]) -> Place:
        """Where it was; with its size and its hash when all of it has been read."""
        if self.ended and self.trouble is None:
            return Place(path, self.octets, self.hash.hexdigest())
        return Place(path)
