"""What goes into a store and comes back from storing."""

from enum import StrEnum

import msgspec


class Trust(StrEnum):
    """How sure we are that a report comes from whom it names, the surest first."""

    RESULTS = "results"  # our own server had authenticated the mail when it came
    VERIFIED = "verified"  # its signatures held when we read it
    VOUCHED = "vouched"  # the user answers for where it came from
    UNPROVEN = "unproven"

    @property
    def proven(self) -> bool:
        """Whether gates may rely on it."""
        return self is not Trust.UNPROVEN

    @property
    def rank(self) -> int:
        """A number that is larger, the surer we are."""
        return len(_RANKS) - _RANKS.index(self)


_RANKS = tuple(Trust)


class Origin(msgspec.Struct, frozen=True):
    """Where a content came from, in words of the intake (`imap INBOX`), and when (since 1970).

    `sender` is the author domain of the mail that brought it, or of every mail in it; empty where
    there was none. Who is trusted has proven it.
    """

    name: str
    received: int
    sender: str = ""


class Outcome(StrEnum):
    """What became of a report."""

    STORED = "stored"
    REPLACED = "replaced"  # a worse copy of it was removed
    DUPLICATE = "duplicate"  # it was there; nothing is counted twice
    SURPASSED = "surpassed"  # a better copy of it was there


class Saved(msgspec.Struct, frozen=True):
    """What became of one report; `id` is the store's own number for it (or for the better one)."""

    outcome: Outcome
    id: int
    records: int
    messages: int
    partial: bool


class Taken(msgspec.Struct, frozen=True):
    """What became of one content. `known`: it had been read to its end before, by this version."""

    sha256: str
    known: bool
    saved: tuple[Saved, ...] = ()
    problems: int = 0

    @property
    def reports(self) -> int:
        """How many reports were in it, new or not."""
        return len(self.saved)
