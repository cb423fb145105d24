"""Taking many things in: what is small is committed together with others."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

from mailworthy.reports.intake.batches import HOLD, Item, batches
from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.judging import Seen
from mailworthy.reports.intake.model import Done, Incoming, What
from mailworthy.reports.shown import shown
from mailworthy.store import StoreError


def take_all(
    importer: Importer, items: Iterable[Incoming | Done], *, now: datetime | None = None
) -> Iterator[Done]:
    """Take things as `Importer.take` does, and return each when it is committed, in order.

    A Done among them is passed on in its place. Something whose file cannot be read is FAILED.
    Raises StoreError, after which what was not returned is to be handed in again.
    """
    for batch in batches(_parts(importer, items)):
        yield from _Batch(importer, now or datetime.now(UTC)).taken(batch)


def each_opened(
    paths: Iterable[Path], opened: Callable[[Path], AbstractContextManager[Incoming]]
) -> Iterator[Incoming | Done]:
    """Files for `take_all`, each open until the next is asked for; FAILED where that cannot be."""
    for path in paths:
        try:
            with opened(path) as came:
                yield came
        except OSError as error:
            yield failed(str(path), error)


def failed(name: str, error: OSError) -> Done:
    """What became of a thing that could not be read from where it lies."""
    return Done(shown(name), What.FAILED, reason=shown(error.strerror or str(error)))


def _parts(importer: Importer, items: Iterable[Incoming | Done]) -> Iterator[Item]:
    for item in items:
        if isinstance(item, Done):
            yield item
            continue
        try:
            yield from importer.parts(item)
        except OSError as error:
            yield failed(item.name, error)


class _Batch:
    """Takes some things at one moment."""

    def __init__(self, importer: Importer, now: datetime) -> None:
        self._importer = importer
        self._now = now

    def taken(self, batch: list[Item]) -> Iterator[Done]:
        """All of it, in as few transactions as may be."""
        if len(batch) == 1:
            yield self._alone(batch[0])
            return
        # Nothing is locked while name servers are asked.
        looked = [(item, self._look(item)) for item in batch]
        while looked:
            done = self._together(looked)
            yield from done
            del looked[: len(done)]

    def _look(self, item: Item) -> Seen | Done:
        return item if isinstance(item, Done) else self._importer.look(item, self._now)

    def _together(self, looked: list[tuple[Item, Seen | Done]]) -> list[Done]:
        """The first of them in one transaction, as long as others can wait for it."""
        done: list[Done] = []
        until = time.monotonic() + HOLD
        try:
            with self._importer.store.together():
                for item, seen in looked:
                    done.append(self._stored(item, seen))
                    if time.monotonic() > until:
                        break
        except StoreError:
            # All of it is undone; one by one it is seen what is wrong with which.
            return [self._alone(item) for item, _ in looked[: len(done) + 1]]
        return done

    def _stored(self, item: Item, seen: Seen | Done) -> Done:
        if isinstance(item, Done):
            return item
        if isinstance(seen, Done):
            return seen
        return self._importer.store_one(item, seen, self._now)

    def _alone(self, item: Item) -> Done:
        if isinstance(item, Done):
            return item
        try:
            return self._importer.one(item, self._now)
        except OSError as error:
            return failed(item.name, error)
