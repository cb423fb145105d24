"""Engines side by side: one batch for several of them, and each goes on by itself."""

from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeAlias, TypeVar, cast

from mailworthy.lookup.model import Ask, Asking, Reply

T = TypeVar("T")
Note: TypeAlias = Callable[[tuple[Reply, ...]], Any]


class Branches(tuple[Ask, ...]):
    """The merged batch of several engines.

    Whoever drives by hand sees a plain tuple of asks and answers all of them in order. `drive`
    and `adrive` see the engines behind it, run each branch as fast as its own answers come,
    and send back Outcomes instead.
    """

    branches: tuple["Branch", ...]
    seconds: float | None

    @classmethod
    def of(cls, branches: "list[Branch]", seconds: float | None) -> "Branches":
        self = cls([ask for b in branches for ask in b.batch])
        self.branches = tuple(branches)
        self.seconds = seconds
        return self


class Outcomes(tuple[Reply, ...]):
    """Sent in place of answers: every branch has ended, and this is what each returned."""

    results: list[Any]

    @classmethod
    def of(cls, results: list[Any]) -> "Outcomes":
        self = cls()
        self.results = results
        return self


class Branch:
    """An engine with the batch it is waiting for, or the result it ended with.

    `note` hears the replies to every batch of it, and of the branches below it.
    """

    __slots__ = ("batch", "done", "engine", "note", "result")

    def __init__(self, engine: Generator[Any, Any, Any], note: Note | None = None) -> None:
        self.engine = engine
        self.note: Note | None = note
        self.batch: tuple[Ask, ...] = ()
        self.done = False
        self.result: Any = None
        self.step(None)

    def step(self, replies: tuple[Reply, ...] | None) -> None:
        try:
            # A generator's first send must be None, which its type does not say.
            self.batch = self.engine.send(replies)
        except StopIteration as stop:
            self.batch, self.done, self.result = (), True, stop.value


def together(*engines: Asking[Any]) -> Asking[tuple[Any, ...]]:
    """Run independent engines side by side; returns their results in order."""
    return (yield from _merge(list(engines), None))


def gather(engines: list[Asking[T]]) -> Asking[list[T]]:
    """`together` for any number of engines of one type."""
    if not engines:
        return []
    if len(engines) == 1:  # nothing to merge
        return [(yield from engines[0])]
    return list((yield from _merge(list(engines), None)))


def within(seconds: float, engine: Asking[T]) -> Asking[T]:
    """Run one engine under a deadline of its own; what it asks later is answered FAILED."""
    (result,) = yield from _merge([engine], seconds)
    return cast(T, result)


def heard(engines: Sequence[tuple[Note | None, Asking[Any]]]) -> Asking[tuple[Any, ...]]:
    """`together`, where somebody may listen to each engine.

    Every note is called with the replies to each batch of its engine; it has no part in the run.
    """
    return (yield from _merge([e for _, e in engines], None, [note for note, _ in engines]))


def _merge(
    engines: list[Asking[Any]], seconds: float | None, notes: Sequence[Note | None] = ()
) -> Asking[tuple[Any, ...]]:
    branches: list[Branch] = []
    try:
        branches.extend(map(Branch, engines, notes) if notes else map(Branch, engines))
        while live := [b for b in branches if not b.done]:
            replies = yield Branches.of(live, seconds)
            if isinstance(replies, Outcomes):
                for branch, result in zip(live, replies.results, strict=True):
                    branch.done, branch.result = True, result
                break
            _deal(live, replies)
        return tuple([b.result for b in branches])
    finally:
        for engine in engines:
            engine.close()


def _deal(live: list[Branch], replies: tuple[Reply, ...]) -> None:
    start = 0
    for branch in live:
        end = start + len(branch.batch)
        mine = tuple(replies[start:end])
        if branch.note is not None:
            branch.note(mine)
        branch.step(mine)
        start = end


def both(outer: Note | None, inner: Note | None) -> Note | None:
    """Who listens to a branch: those who listen to the one above it too."""
    if outer is None or inner is None:
        return inner if outer is None else outer
    return lambda replies: (outer(replies), inner(replies))
