"""The chain of a message: its fields as sets, and what is wrong with them (RFC 8617 §5.2)."""

import msgspec

from mailworthy.arc.fields import (
    MESSAGE_SIGNATURE,
    RESULTS,
    SEAL,
    ArcField,
    read_message_signature,
    read_results,
    read_seal,
)
from mailworthy.message.header import Message
from mailworthy.names import printable
from mailworthy.parsed import Problem

MAX_SETS = 50  # RFC 8617 §4.2.1
READERS = {
    RESULTS: read_results,
    MESSAGE_SIGNATURE: read_message_signature,
    SEAL: read_seal,
}
_WRITTEN = {
    RESULTS: "ARC-Authentication-Results",
    MESSAGE_SIGNATURE: "ARC-Message-Signature",
    SEAL: "ARC-Seal",
}
_STATUSES = ("none", "pass")


class Placed(msgspec.Struct, frozen=True):
    """A field and its place among the header fields."""

    name: bytes
    index: int
    field: ArcField


class SetFound(msgspec.Struct, frozen=True):
    """A complete set, as it stands in a message."""

    i: int
    results: Placed
    message_signature: Placed
    seal: Placed

    @property
    def places(self) -> tuple[int, int, int]:
        """Where its fields are, in the order in which they are sealed (RFC 8617 §5.1.1)."""
        return self.results.index, self.message_signature.index, self.seal.index


class Chain(msgspec.Struct, frozen=True):
    """All ARC fields of a message.

    `sets` are the complete ones, by instance; `highest` is the greatest instance that was found.
    `fault` is what makes the whole invalid before any signature is looked at, or None.
    """

    sets: tuple[SetFound, ...] = ()
    highest: int = 0
    fault: Problem | None = None


def read_chain(message: Message) -> Chain | None:
    """The chain of a message; None where it has none. Never raises; linear.

    Codes of the fault: too-many-sets, failed-before, bad-instance, set-missing, field-missing,
    field-repeated, bad-status, seal-names-fields.
    """
    places = {name: message.places.get(name, []) for name in READERS}
    most = max(len(indexes) for indexes in places.values())
    if not most:
        return None
    if most > MAX_SETS:
        return Chain((), MAX_SETS, _too_many(most))
    found = [
        Placed(name, index, read(message.lines[index].partition(b":")[2]))
        for name, read in READERS.items()
        for index in places[name]
    ]
    return _Builder(found).chain()


def _too_many(count: int) -> Problem:
    return Problem("too-many-sets", f"{count} sets: a chain has {MAX_SETS} at most")


class _Builder:
    def __init__(self, found: list[Placed]) -> None:
        self.found = found
        self.highest = max((p.field.instance or 0 for p in found), default=0)
        self.grouped: dict[tuple[int, bytes], list[Placed]] = {}
        for placed in found:
            self.grouped.setdefault((placed.field.instance or 0, placed.name), []).append(placed)

    def at(self, instance: int, name: bytes) -> list[Placed]:
        return self.grouped.get((instance, name), [])

    def chain(self) -> Chain:
        numbers = range(1, min(self.highest, MAX_SETS) + 1)
        groups = [[self.at(i, name) for name in READERS] for i in numbers]
        sets = [
            SetFound(i, *[placed[0] for placed in group])
            for i, group in zip(numbers, groups, strict=True)
            if all(len(placed) == 1 for placed in group)
        ]
        return Chain(tuple(sets), self.highest, self.fault())

    def fault(self) -> Problem | None:
        """The first thing wrong, in the order of RFC 8617 §5.2."""
        return self.ended() or self.instances() or self.complete() or self.statuses()

    def ended(self) -> Problem | None:
        """Step 2."""
        if any(p.field.status == "fail" for p in self.at(self.highest, SEAL)):
            message = f"the chain had failed already when set {self.highest} was added"
            return Problem("failed-before", message)
        return None

    def instances(self) -> Problem | None:
        if self.highest > MAX_SETS:
            return _too_many(self.highest)
        for placed in self.found:
            if not placed.field.instance:
                message = f"{_WRITTEN[placed.name]} has no instance from 1 to {MAX_SETS} (i=)"
                return Problem("bad-instance", message)
        return None

    def complete(self) -> Problem | None:
        """Step 3, conditions A and B."""
        for i in range(1, self.highest + 1):
            group = {name: len(self.at(i, name)) for name in READERS}
            if not any(group.values()):
                return Problem("set-missing", f"set {i} is missing, set {self.highest} is there")
            for name, count in group.items():
                if count != 1:
                    code = "field-repeated" if count else "field-missing"
                    times = f"{count} times" if count else "no"
                    return Problem(code, f"set {i} has {times} {_WRITTEN[name]}")
        return None

    def statuses(self) -> Problem | None:
        """Step 3, condition C; and no h= in a seal (RFC 8617 §4.1.3)."""
        for i in range(1, self.highest + 1):
            (seal,) = self.at(i, SEAL)
            expected = _STATUSES[i > 1]
            if seal.field.status != expected:
                shown = printable(seal.field.status, 20) or "nothing"
                message = f"ARC-Seal of set {i} says {shown} where {expected} belongs (cv=)"
                return Problem("bad-status", message)
            if seal.field.names_fields:
                return Problem("seal-names-fields", f"ARC-Seal of set {i} has h=, as none may")
        return None
