"""Run engines: the only place where asks meet a resolver."""

import asyncio
import time
from collections.abc import Generator
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

from mailworthy.lookup.model import Ask, Asking, Reply, Why, failed

T = TypeVar("T")


@runtime_checkable
class Instant(Protocol):
    """A resolver that never waits: memory and replay."""

    def instant(self, ask: Ask) -> Reply:
        """The reply, at once. Never raises for what the world did."""
        ...


@runtime_checkable
class Waiting(Protocol):
    """A resolver that does I/O."""

    async def answer(self, ask: Ask, timeout: float | None) -> Reply:
        """The reply, after at most `timeout` seconds where one is given."""
        ...

    def run(self, work: Any) -> Any:
        """Run a coroutine to its end from synchronous code, inside or outside an event loop."""
        ...


@runtime_checkable
class Noting(Protocol):
    """A resolver that also wants to know what was not asked for want of time."""

    def note(self, reply: Reply) -> None:
        """Hear of a reply that `drive` gave by itself."""
        ...


Resolver = Instant | Waiting


class Branches(tuple[Ask, ...]):
    """The merged batch of several engines.

    Whoever drives by hand sees a plain tuple of asks and answers all of them in order. `drive`
    and `adrive` see the engines behind it, run each branch as fast as its own answers come,
    and send back Outcomes instead.
    """

    branches: tuple["_Branch", ...]
    seconds: float | None

    @classmethod
    def of(cls, branches: "list[_Branch]", seconds: float | None) -> "Branches":
        self = cls(ask for b in branches for ask in b.batch)
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


class _Branch:
    """An engine with the batch it is waiting for, or the result it ended with."""

    def __init__(self, engine: Generator[Any, Any, Any]) -> None:
        self.engine = engine
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
    return list((yield from _merge(list(engines), None)))


def within(seconds: float, engine: Asking[T]) -> Asking[T]:
    """Run one engine under a deadline of its own; what it asks later is answered FAILED."""
    (result,) = yield from _merge([engine], seconds)
    return cast(T, result)


def _merge(engines: list[Asking[Any]], seconds: float | None) -> Asking[tuple[Any, ...]]:
    branches: list[_Branch] = []
    try:
        branches.extend(_Branch(engine) for engine in engines)
        while live := [b for b in branches if not b.done]:
            replies = yield Branches.of(live, seconds)
            if isinstance(replies, Outcomes):
                for branch, result in zip(live, replies.results, strict=True):
                    branch.done, branch.result = True, result
                break
            _deal(live, replies)
        return tuple(b.result for b in branches)
    finally:
        for engine in engines:
            engine.close()


def _deal(live: list[_Branch], replies: tuple[Reply, ...]) -> None:
    start = 0
    for branch in live:
        end = start + len(branch.batch)
        branch.step(tuple(replies[start:end]))
        start = end


def drive(engine: Asking[T], resolver: Resolver, *, deadline: float | None = None) -> T:
    """Run an engine to its end.

    `deadline` is seconds from now for the whole run; after it every remaining ask is answered
    FAILED, `why=deadline`, so the engine itself ends with a partial result. Each distinct ask
    costs one look-up a run. Raises nothing for I/O; closes the engine when interrupted.
    """
    if isinstance(resolver, Instant):
        try:
            return cast(T, _InstantRun(resolver).finish(_Branch(engine), _until(None, deadline)))
        finally:
            engine.close()
    return cast(T, resolver.run(adrive(engine, resolver, deadline=deadline)))


async def adrive(engine: Asking[T], resolver: Resolver, *, deadline: float | None = None) -> T:
    """`drive` under asyncio; closes the engine when the task is cancelled."""
    if isinstance(resolver, Instant):
        return drive(engine, resolver, deadline=deadline)
    run = _WaitingRun(resolver)
    try:
        return cast(T, await run.finish(_Branch(engine), _until(None, deadline)))
    finally:
        engine.close()
        run.close()


def _until(outer: float | None, seconds: float | None) -> float | None:
    """The earlier of an outer moment and one that lies `seconds` ahead (monotonic clock)."""
    if seconds is None:
        return outer
    mine = time.monotonic() + seconds
    return mine if outer is None else min(outer, mine)


class _InstantRun:
    def __init__(self, resolver: Instant) -> None:
        self.resolver = resolver
        self.memo: dict[Ask, Reply] = {}

    def finish(self, branch: _Branch, until: float | None) -> Any:
        while not branch.done:
            batch = branch.batch
            if isinstance(batch, Branches):
                limit = _until(until, batch.seconds)
                branch.step(Outcomes.of([self.finish(b, limit) for b in batch.branches]))
            else:
                branch.step(tuple([self.one(ask, until) for ask in batch]))
        return branch.result

    def one(self, ask: Ask, until: float | None) -> Reply:
        if ask not in self.memo:
            if until is not None and time.monotonic() >= until:
                return _late(self.resolver, ask)
            self.memo[ask] = self.resolver.instant(ask)
        return self.memo[ask]


class _WaitingRun:
    """One run under asyncio: branches are tasks, and equal asks share one flight."""

    def __init__(self, resolver: Waiting) -> None:
        self.resolver = resolver
        self.flights: dict[Ask, asyncio.Task[Reply]] = {}

    async def finish(self, branch: _Branch, until: float | None) -> Any:
        while not branch.done:
            batch = branch.batch
            if isinstance(batch, Branches):
                limit = _until(until, batch.seconds)
                results = await self.side_by_side([self.finish(b, limit) for b in batch.branches])
                branch.step(Outcomes.of(results))
            else:
                branch.step(await self.replies(batch, until))
        return branch.result

    @staticmethod
    async def side_by_side(work: list[Any]) -> list[Any]:
        if len(work) == 1:
            return [await work[0]]
        tasks = [asyncio.ensure_future(w) for w in work]
        try:
            return list(await asyncio.gather(*tasks))
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise

    async def replies(self, batch: tuple[Ask, ...], until: float | None) -> tuple[Reply, ...]:
        left = None if until is None else until - time.monotonic()
        flights = [self.flight(ask, left is None or left > 0) for ask in batch]
        under_way = {f for f in flights if f is not None and not f.done()}
        if under_way:
            await asyncio.wait(under_way, timeout=None if left is None else max(0.0, left))
        return tuple(
            [
                f.result() if f is not None and f.done() else _late(self.resolver, ask)
                for ask, f in zip(batch, flights, strict=True)
            ]
        )

    def flight(self, ask: Ask, may_start: bool) -> "asyncio.Task[Reply] | None":
        flight = self.flights.get(ask)
        if flight is None and may_start:
            flight = self.flights[ask] = asyncio.ensure_future(self.resolver.answer(ask, None))
        return flight

    def close(self) -> None:
        for flight in self.flights.values():
            flight.cancel()


def _late(resolver: Resolver, ask: Ask) -> Reply:
    """The reply to an ask that the deadline has overtaken."""
    reply = failed(ask, Why.DEADLINE)
    if isinstance(resolver, Noting):
        resolver.note(reply)
    return reply
