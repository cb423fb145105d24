"""Hearing what an engine is told, without a part in it."""

from collections.abc import Callable
from typing import Any, TypeVar

from mailworthy.lookup.drive import Branches
from mailworthy.lookup.model import Ask, Asking, Reply

T = TypeVar("T")
Note = Callable[[tuple[Reply, ...]], Any]


def noting(note: Note, engine: Asking[T]) -> Asking[T]:
    """The same engine; `note` is called with the replies to each of its batches.

    Batches of branches (`together`, `gather`, `within`) are heard branch by branch.
    """
    return _heard(note, engine, None)


def _heard(note: Note, engine: Asking[T], begun: tuple[Ask, ...] | None) -> Asking[T]:
    """`begun` is the batch that an engine under way is waiting for."""
    try:
        batch = next(engine) if begun is None else begun
        while True:
            if isinstance(batch, Branches):
                for branch in batch.branches:
                    branch.engine = _heard(note, branch.engine, branch.batch)
                    branch.batch = next(branch.engine)
                replies = yield batch
            else:
                replies = yield batch
                note(replies)
            batch = engine.send(replies)
    except StopIteration as stop:
        result: T = stop.value
        return result
    finally:
        engine.close()
