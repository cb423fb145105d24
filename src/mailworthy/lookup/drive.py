"""Run engines: the only place where asks meet a resolver."""

import asyncio
import time
from collections import deque
from functools import partial
from typing import Any, Protocol, TypeGuard, TypeVar, cast, runtime_checkable

from mailworthy.callable import calls
from mailworthy.lookup.branches import (
    Branch,
    Branches,
    Note,
    Outcomes,
    both,
    gather,
    heard,
    together,
    within,
)
from mailworthy.lookup.model import Ask, Asking, Reply, Why, failed

calls(__name__, __name__, "drive")

__all__ = [
    "Instant",
    "Note",
    "Noting",
    "Resolver",
    "Starting",
    "Waiting",
    "adrive",
    "drive",
    "gather",
    "heard",
    "together",
    "within",
]

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
class Starting(Protocol):
    """A resolver that keeps what it has learned, and shares look-ups between runs."""

    def begin(self, ask: Ask) -> "Reply | asyncio.Future[Reply] | None":
        """The reply if it is at hand, else the look-up under way, which is not to be cancelled.

        None where the look-up has to be awaited with `answer`.
        """
        ...


@runtime_checkable
class Noting(Protocol):
    """A resolver that also wants to know what was not asked for want of time."""

    def note(self, reply: Reply) -> None:
        """Hear of a reply that `drive` gave by itself."""
        ...


Resolver = Instant | Waiting


def _is_instant(resolver: Resolver) -> TypeGuard[Instant]:
    """What isinstance would say, which takes longer than a whole look-up in memory."""
    return hasattr(resolver, "instant")


def drive(engine: Asking[T], resolver: Resolver, *, deadline: float | None = None) -> T:
    """Run an engine to its end.

    `deadline` is seconds from now for the whole run; after it every remaining ask is answered
    FAILED, `why=deadline`, so the engine itself ends with a partial result. Each distinct ask
    costs one look-up a run. Raises nothing for I/O; closes the engine when interrupted.
    """
    if _is_instant(resolver):
        try:
            return cast(T, _InstantRun(resolver).finish(Branch(engine), _until(None, deadline)))
        finally:
            engine.close()
    return cast(T, cast(Waiting, resolver).run(adrive(engine, resolver, deadline=deadline)))


async def adrive(engine: Asking[T], resolver: Resolver, *, deadline: float | None = None) -> T:
    """`drive` under asyncio; closes the engine when the task is cancelled."""
    if _is_instant(resolver):
        return drive(engine, resolver, deadline=deadline)
    run = _WaitingRun(cast(Waiting, resolver))
    try:
        return cast(T, await run.finish(Branch(engine), _until(None, deadline)))
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

    def finish(self, branch: Branch, until: float | None, outer: Note | None = None) -> Any:
        note = both(outer, branch.note)
        while not branch.done:
            batch = branch.batch
            if isinstance(batch, Branches):
                limit = _until(until, batch.seconds)
                branch.step(Outcomes.of([self.finish(b, limit, note) for b in batch.branches]))
                continue
            replies = tuple([self.one(ask, until) for ask in batch])
            if note is not None:
                note(replies)
            branch.step(replies)
        return branch.result

    def one(self, ask: Ask, until: float | None) -> Reply:
        reply = self.memo.get(ask)
        if reply is None:
            if until is not None and time.monotonic() >= until:
                return _late(self.resolver, ask)
            reply = self.memo[ask] = self.resolver.instant(ask)
        return reply


class _Node:
    """A branch under way below another; `results` and `missing` are about its own branches."""

    __slots__ = ("branch", "missing", "note", "parent", "results", "slot", "until")

    def __init__(self, branch: Branch, until: float | None, parent: "_Node | None", slot: int):
        self.branch, self.until, self.parent, self.slot = branch, until, parent, slot
        above = None if parent is None else parent.note
        self.note: Note | None = both(above, branch.note)
        self.results: list[Any] = []
        self.missing = 0


class _Wait:
    """A node that waits for the answers to its batch; `missing` is 0 as soon as it does not."""

    __slots__ = ("batch", "missing", "node")

    def __init__(self, node: _Node, batch: tuple[Ask, ...]):
        self.node, self.batch, self.missing = node, batch, 0


class _WaitingRun:
    """One run under asyncio: equal asks share one flight.

    Branches are no tasks: an audit has dozens of them, and a task costs more than a step. When
    a flight lands, the branches that have all their answers go on.
    """

    def __init__(self, resolver: Waiting) -> None:
        self.resolver = resolver
        self.starting = resolver if isinstance(resolver, Starting) else None
        self.loop = asyncio.get_running_loop()
        self.end: asyncio.Future[Any] = self.loop.create_future()
        self.known: dict[Ask, Reply] = {}
        self.flights: dict[Ask, asyncio.Future[Reply]] = {}
        self.own: list[asyncio.Task[Reply]] = []
        self.waits: dict[Ask, list[_Wait]] = {}
        self.timers: dict[float, tuple[asyncio.TimerHandle, set[_Wait]]] = {}
        self.ready: deque[_Node | _Wait] = deque()

    async def finish(self, branch: Branch, until: float | None) -> Any:
        self.ready.append(_Node(branch, until, None, 0))
        self.work()
        return await self.end

    def work(self) -> None:
        """Let every branch go on that can; what an engine raises is the outcome of the run."""
        try:
            while self.ready and not self.end.done():
                item = self.ready.popleft()
                self.advance(item if isinstance(item, _Node) else self.resumed(item))
        except BaseException as error:  # noqa: BLE001 - this is a callback: nobody else hears it
            self.end.set_exception(error)

    def advance(self, node: _Node) -> None:
        batch = node.branch.batch
        if node.branch.done:
            self.ended(node)
        elif isinstance(batch, Branches):
            limit = _until(node.until, batch.seconds)
            node.missing = len(batch.branches)
            node.results = [None] * node.missing
            self.ready.extend(_Node(b, limit, node, i) for i, b in enumerate(batch.branches))
        else:
            self.wait(node, batch)

    def ended(self, node: _Node) -> None:
        parent, result = node.parent, node.branch.result
        if parent is None:
            self.end.set_result(result)
            return
        parent.results[node.slot] = result
        parent.missing -= 1
        if not parent.missing:
            parent.branch.step(Outcomes.of(parent.results))
            self.ready.append(parent)

    def wait(self, node: _Node, batch: tuple[Ask, ...]) -> None:
        wait = _Wait(node, batch)
        left = None if node.until is None else node.until - time.monotonic()
        in_time = left is None or left > 0
        for ask in dict.fromkeys(batch):
            if ask not in self.known and in_time and self.is_flying(ask):
                self.waits[ask].append(wait)
                wait.missing += 1
        if not wait.missing:
            self.ready.append(wait)
        elif node.until is not None and left is not None:
            self.watch(wait, node.until, left)

    def is_flying(self, ask: Ask) -> bool:
        """Whether an answer has to be waited for, after a look-up was begun where none was."""
        if ask in self.flights:
            return True
        flight = None if self.starting is None else self.starting.begin(ask)
        if flight is None:
            flight = asyncio.ensure_future(self.resolver.answer(ask, None))
            self.own.append(flight)
        elif not isinstance(flight, asyncio.Future):
            self.known[ask] = flight
            return False
        self.flights[ask] = flight
        self.waits[ask] = []
        flight.add_done_callback(partial(self.landed, ask))
        return True

    def landed(self, ask: Ask, flight: "asyncio.Future[Reply]") -> None:
        if self.end.done():
            return
        try:
            self.known[ask] = flight.result()
        except BaseException as error:  # noqa: BLE001 - as in `work`
            self.end.set_exception(error)
            return
        del self.flights[ask]
        for wait in self.waits.pop(ask):
            if wait.missing:
                wait.missing -= 1
                if not wait.missing:
                    self.ready.append(wait)
        self.work()

    def resumed(self, wait: _Wait) -> _Node:
        """Hand over the answers that there are; the others have come too late."""
        replies = [self.known.get(ask) or _late(self.resolver, ask) for ask in wait.batch]
        if wait.node.until in self.timers:
            self.timers[wait.node.until][1].discard(wait)
        if wait.node.note is not None:
            wait.node.note(tuple(replies))
        wait.node.branch.step(tuple(replies))
        return wait.node

    def watch(self, wait: _Wait, until: float, left: float) -> None:
        if until not in self.timers:
            self.timers[until] = self.loop.call_later(left, self.expired, until), set()
        self.timers[until][1].add(wait)

    def expired(self, until: float) -> None:
        for wait in self.timers.pop(until)[1]:
            wait.missing = 0
            self.ready.append(wait)
        self.work()

    def close(self) -> None:
        self.end.cancel()
        for timer, _ in self.timers.values():
            timer.cancel()
        for flight in self.own:
            flight.cancel()


def _late(resolver: Resolver, ask: Ask) -> Reply:
    """The reply to an ask that the deadline has overtaken."""
    reply = failed(ask, Why.DEADLINE)
    if isinstance(resolver, Noting):
        resolver.note(reply)
    return reply
