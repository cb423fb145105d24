"""What unpacking may cost: reports come from anybody (RFC 9990 §8 names the bombs)."""

import msgspec

from mailworthy.reports.model import Fault

MEBI = 1 << 20


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one call; what lies beyond them is said to be, and left out.

    `octets` is the most that one report, or anything decompressed, may have, and `total` all that
    is decompressed together, as `opened` is all files and parts together: beyond these two the
    call ends, or in an mbox that is not packed the mail. `ratio` (octets out of one octet) counts
    from `free` octets on, so that reports, which are packed tightly, pass. `held` is what may lie
    in memory at once: mails, each `mail` at most, and archives within archives. Of one aggregate
    report at most `records` are read: a small file may hold millions, and each costs time.
    """

    octets: int = 512 * MEBI
    total: int = 1024 * MEBI
    opened: int = 100_000
    ratio: int = 250
    free: int = 64 * MEBI
    members: int = 1_000  # of one archive
    depth: int = 5  # archives within archives
    held: int = 48 * MEBI
    mail: int = 25 * MEBI
    records: int = 1_000_000
    header: int = MEBI  # of one mail, or of one part
    parts: int = 1_000  # of one mail
    nesting: int = 20  # multiparts and messages within each other


class Trouble(msgspec.Struct, frozen=True):
    """Why something ends before its end: a stable word, and one printable line."""

    fault: Fault
    reason: str


class Budget:
    """What one call has unpacked, and what it holds in memory."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.unpacked = 0
        self.opened = 0
        self.held = 0

    @property
    def room(self) -> int:
        """How many octets more may be held."""
        return max(0, self.limits.held - self.held)

    @property
    def spent(self) -> bool:
        """Whether nothing more may be unpacked."""
        return self.unpacked > self.limits.total

    def open(self) -> Trouble | None:
        """One file or part more; why not, if it is one too many."""
        self.opened += 1
        if self.spent:
            return Trouble(Fault.TOO_LARGE, f"more than {self.limits.total} octets are in it")
        if self.opened > self.limits.opened:
            return Trouble(Fault.TOO_MANY, f"more than {self.limits.opened} files are in it")
        return None

    def renew(self) -> None:
        """Let the next mail cost as much as the one before."""
        self.unpacked = self.opened = 0
