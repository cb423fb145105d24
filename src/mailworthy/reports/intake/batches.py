"""Small things are stored many at a time: a commit costs more than what is in them."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO, TypeAlias

import msgspec

from mailworthy.reports.intake.model import Done, Incoming

SMALL = 256 * 1024  # what is larger is stored alone
MOST, OCTETS = 50, 2 * 1024 * 1024  # of one batch
HOLD = 0.5  # seconds after which others may write


class Piece(msgspec.Struct, frozen=True):
    """One thing to store: what came, or one mail of the mbox file that came.

    `bare` says that it is a report as such, in no mail and in nothing that may hold one.
    """

    came: Incoming
    raw: bytes | BinaryIO
    name: str
    bare: bool = False

    @property
    def small(self) -> bool:
        """Whether it may wait in memory for others."""
        return isinstance(self.raw, bytes) and len(self.raw) <= SMALL


# A Done stands for what is dealt with already, and is passed on in its place.
Item: TypeAlias = Piece | Done


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """The items in their order, in batches; what is not small is alone in its own.

    What is alone is returned before the next is asked for, since its file may be closed then.
    Raises what `items` raises, after everything that came before that.
    """
    batch: list[Item] = []
    octets = 0
    try:
        for item in items:
            size = _size(item)
            if batch and (size is None or len(batch) == MOST or octets + size > OCTETS):
                yield batch
                batch, octets = [], 0
            if size is None:
                yield [item]
            else:
                batch.append(item)
                octets += size
    except OSError:
        yield batch
        raise
    yield batch


def _size(item: Item) -> int | None:
    """Octets of what is small, None for what is not."""
    if isinstance(item, Done):
        return 0
    return len(item.raw) if item.small and isinstance(item.raw, bytes) else None
