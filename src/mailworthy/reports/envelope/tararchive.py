"""Tar archives, member by member from a stream (POSIX.1-2017 pax, and what GNU tar adds)."""

import re
from collections.abc import Iterator

from mailworthy.errors import UsageError
from mailworthy.reports.envelope.limits import Budget, Trouble
from mailworthy.reports.envelope.streams import Reader, Stream
from mailworthy.reports.model import Fault
from mailworthy.reports.shown import shown

BLOCK = 512
_LONG = 1 << 16  # octets of a long name, or of a pax header, that are looked at
_PATH = re.compile(rb"\d{1,5} path=([^\n]{1,4096})\n")
_FILES = frozenset({b"0", b"\0", b"7"})


def is_header(block: bytes) -> bool:
    """Whether 512 octets are a header: the sum of its octets stands in it."""
    if len(block) < BLOCK or not block[0]:
        return False
    told = _number(block[148:156])
    return told == sum(block[:148]) + sum(block[156:BLOCK]) + 8 * 32


def _number(field: bytes) -> int | None:
    if field[:1] in {b"\x80", b"\xff"}:
        return int.from_bytes(field[1:], "big") if field[0] == 0x80 else None
    text = field.strip(b" \0")
    digits = re.fullmatch(rb"[0-7]{1,21}", text)
    return int(text, 8) if digits else (None if text else 0)


class _Member(Stream):
    """A member's content: what its header says, or less where the archive breaks off."""

    def __init__(self, below: Reader, size: int) -> None:
        super().__init__(below)
        self.source = below
        self.left = size
        self.passed = False

    def pass_by(self) -> int:
        """The archive goes on: how many octets nobody took."""
        self.passed = self.left > 0
        return self.left

    def give(self, size: int) -> bytes:
        """The next octets. Raises UsageError where the archive has gone on."""
        if self.passed:
            raise UsageError("take the records of a report before you ask for the next report")
        if not self.left:
            return b""
        octets = self.source.read(min(size, self.left))
        self.left -= len(octets)
        if not octets:
            self.left = 0
            return self.fail(Fault.DAMAGED, "the archive breaks off")
        return octets


class Archive:
    """A tar archive in a stream. Never raises for what it says."""

    def __init__(self, source: Reader, budget: Budget) -> None:
        self.source = source
        self.most = budget.limits.members
        self.trouble: Trouble | None = None

    def members(self) -> Iterator[tuple[str, Reader]]:
        """Name (only for showing) and content of every file; read one before the next."""
        name = ""
        for _ in range(4 * self.most):
            head = self.source.read(BLOCK)
            if not head.strip(b"\0"):
                return
            size = _number(head[124:136]) if is_header(head) else None
            if size is None:
                return self.note(Fault.DAMAGED, "the archive is damaged")
            kind = head[156:157]
            if kind in _FILES:
                if not self.most:
                    return self.note(Fault.TOO_MANY, "an archive of more files than are read")
                self.most -= 1
                yield name or _name(head), Reader(content := _Member(self.source, size))
                self.source.skip(content.pass_by() + -size % BLOCK)
                name = ""
            else:
                name = self.told(kind, size) or name
        return self.note(Fault.TOO_MANY, "an archive of more files than are read")

    def note(self, fault: Fault, reason: str) -> None:
        self.trouble = Trouble(fault, reason)

    def told(self, kind: bytes, size: int) -> str:
        """What a member that is no file says about the name of the next."""
        text = self.source.read(min(size, _LONG))
        self.source.skip(size + -size % BLOCK - len(text))
        if kind == b"L":
            return _text(text.rstrip(b"\0"))
        path = _PATH.search(text) if kind == b"x" else None
        return _text(path[1]) if path else ""


def _name(head: bytes) -> str:
    name, prefix = head[:100].rstrip(b"\0"), head[345:500].rstrip(b"\0")
    posix = head[257:263] == b"ustar\0" and prefix
    return _text(prefix + b"/" + name if posix else name)


def _text(name: bytes) -> str:
    return shown(name.decode("utf-8", "replace"))
