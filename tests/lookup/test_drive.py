"""Running engines: batches, branches, deadlines, cancellation."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.lookup.drive import adrive, drive, gather, together, within
from mailworthy.lookup.model import (
    Answer,
    Ask,
    Asking,
    Dial,
    Fetch,
    Question,
    Reply,
    Status,
    Why,
    dial,
    failed,
    fetch,
    look,
)
from mailworthy.lookup.model import ask as asking


def answer(ask: Ask) -> Reply:
    if not isinstance(ask, Question):
        return failed(ask, Why.NO_MEANS)
    return Answer(ask, Status.FOUND, records=(f"{ask.name} {ask.type}",))


class Instantly:
    def __init__(self) -> None:
        self.asked: list[Ask] = []

    def instant(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        return answer(ask)


class Later:
    """Answers after whatever `delay` says of a name."""

    def __init__(self, delay: Callable[[str], Awaitable[object]] | None = None) -> None:
        self.asked: list[Ask] = []
        self.done: list[Ask] = []
        self.delay = delay or (lambda name: asyncio.sleep(0))

    async def answer(self, ask: Ask, timeout: float | None) -> Reply:
        self.asked.append(ask)
        await self.delay(getattr(ask, "name", ""))
        self.done.append(ask)
        return answer(ask)

    def run(self, work: Any) -> Any:
        return asyncio.run(work)


async def never(name: str) -> None:
    if name.startswith("slow"):
        await asyncio.Event().wait()


BOTH = pytest.mark.parametrize("resolver", [Instantly, Later])


def names(*wanted: str) -> Asking[list[str]]:
    """One question after the other."""
    seen = []
    for name in wanted:
        found = yield from look(name, "A")
        seen.append(found.why or found.records[0])
    return seen


class Closing:
    """An engine that tells when it is closed before its end."""

    def __init__(self, *wanted: str) -> None:
        self.wanted = wanted
        self.closed = False

    def engine(self) -> Asking[list[str]]:
        try:
            return (yield from names(*self.wanted))
        except GeneratorExit:
            self.closed = True
            raise


def explodes(name: str) -> Asking[None]:
    yield from look(name, "A")
    raise ZeroDivisionError


@BOTH
def test_answers_come_in_the_order_of_the_asks(resolver: Callable[[], Any]) -> None:
    def engine() -> Asking[list[str]]:
        answers = yield from asking(*(Question(f"n{i}", "A") for i in range(20)))
        return [a.records[0] for a in answers]

    assert drive(engine(), resolver()) == [f"n{i} A" for i in range(20)]


@BOTH
def test_an_engine_may_ask_nothing(resolver: Callable[[], Any]) -> None:
    def silent() -> Asking[int]:
        answers = yield ()
        return len(answers)

    def mute() -> Asking[int]:
        return 7
        yield ()

    assert drive(silent(), resolver()) == 0
    assert drive(mute(), resolver()) == 7
    assert drive(together(mute(), silent()), resolver()) == (7, 0)
    assert drive(together(), resolver()) == ()
    assert drive(gather([]), resolver()) == []


@BOTH
def test_other_asks_have_typed_replies(resolver: Callable[[], Any]) -> None:
    used = resolver()
    assert drive(fetch("https://x/"), used).why is Why.NO_MEANS
    assert drive(dial(Dial("x", port=587)), used).why is Why.NO_MEANS
    assert used.asked == [Fetch("https://x/"), Dial("x", port=587)]


@BOTH
def test_equal_asks_cost_one_look_up_a_run(resolver: Callable[[], Any]) -> None:
    used = resolver()
    engine = gather([names("a", "b", "a"), names("b", "A."), names("a", "a")])
    assert drive(engine, used) == [["a A", "b A", "a A"], ["b A", "a A"], ["a A", "a A"]]
    assert sorted(used.asked, key=str) == [Question("a", "A"), Question("b", "A")]
    drive(names("a"), used)
    assert len(used.asked) == 3


trees = st.recursive(
    st.lists(st.sampled_from("abcdef"), max_size=4),
    lambda inner: st.tuples(
        st.sampled_from(["together", "then", "within"]), st.lists(inner, max_size=3)
    ),
    max_leaves=12,
)


def grown(tree: Any) -> Asking[Any]:
    """An engine in the form of a tree of sequences and branches."""
    if isinstance(tree, list):
        return (yield from names(*tree))
    kind, parts = tree
    if kind == "together":
        return list((yield from together(*(grown(part) for part in parts))))
    results = []
    for part in parts:
        engine = within(60.0, grown(part)) if kind == "within" else grown(part)
        results.append((yield from engine))
    return results


def expected(tree: Any) -> Any:
    if isinstance(tree, list):
        return [f"{name} A" for name in tree]
    return [expected(part) for part in tree[1]]


def by_hand(engine: Asking[Any]) -> Any:
    """Drive with tuples only, as somebody would who does not know `drive`."""
    replies: Any = None
    while True:
        try:
            batch = engine.send(replies)
        except StopIteration as stop:
            return stop.value
        replies = tuple(answer(ask) for ask in batch)


@given(trees)
def test_every_way_of_driving_gives_the_same(tree: Any) -> None:
    assert drive(grown(tree), Instantly()) == expected(tree)
    assert drive(grown(tree), Later()) == expected(tree)
    assert by_hand(grown(tree)) == expected(tree)


def test_branches_do_not_wait_for_each_other() -> None:
    async def run() -> list[Ask]:
        gate = asyncio.Event()

        async def delay(name: str) -> None:
            if name == "slow":
                await gate.wait()
            if name == "last":
                gate.set()

        resolver = Later(delay)
        await adrive(together(names("slow", "after"), names("x", "y", "last")), resolver)
        return resolver.done

    done = [getattr(ask, "name", "") for ask in asyncio.run(run())]
    assert done == ["x", "y", "last", "slow", "after"]


def test_a_deadline_answers_what_remains() -> None:
    resolver = Later(never)
    result = drive(names("a", "slow", "b"), resolver, deadline=0.03)
    assert result == ["a A", Why.DEADLINE, Why.DEADLINE]
    assert Question("b", "A") not in resolver.asked


@BOTH
def test_a_deadline_in_the_past_asks_nothing(resolver: Callable[[], Any]) -> None:
    used = resolver()
    assert drive(names("a", "b"), used, deadline=0.0) == [Why.DEADLINE] * 2
    assert used.asked == []


@BOTH
def test_what_is_known_is_told_after_the_deadline_too(resolver: Callable[[], Any]) -> None:
    def engine() -> Asking[Any]:
        first = yield from names("a")
        return first, (yield from within(0.0, names("a", "b")))

    assert drive(engine(), resolver()) == (["a A"], ["a A", Why.DEADLINE])


def test_a_branch_can_have_a_deadline_of_its_own() -> None:
    def engine() -> Asking[Any]:
        limited, free = yield from together(within(0.03, names("a", "slow", "b")), names("c"))
        return limited, free, (yield from names("d"))

    assert drive(engine(), Later(never)) == (
        ["a A", Why.DEADLINE, Why.DEADLINE],
        ["c A"],
        ["d A"],
    )


def test_an_outer_deadline_is_not_prolonged() -> None:
    assert drive(within(60.0, names("slow")), Later(never), deadline=0.03) == [Why.DEADLINE]


@BOTH
def test_an_engines_own_fault_closes_its_neighbours(resolver: Callable[[], Any]) -> None:
    neighbour = Closing("a", "b", "c")
    engine = together(neighbour.engine(), explodes("x"))
    with pytest.raises(ZeroDivisionError):
        drive(engine, resolver())
    started_and_not_done = Closing("a", "b")
    with pytest.raises(ZeroDivisionError):
        by_hand(together(started_and_not_done.engine(), explodes("x")))
    assert started_and_not_done.closed
    assert neighbour.closed or resolver is Instantly


def test_an_engine_that_fails_at_once_closes_those_before_it() -> None:
    def broken() -> Asking[None]:
        raise ZeroDivisionError
        yield ()

    before = Closing("a")
    with pytest.raises(ZeroDivisionError):
        drive(together(before.engine(), broken()), Instantly())
    assert before.closed


def test_cancelling_closes_engines_and_flights() -> None:
    async def run() -> tuple[bool, bool, list[str]]:
        cancelled = []

        async def delay(name: str) -> None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.append(name)
                raise

        one, two = Closing("a", "c"), Closing("b")
        resolver = Later(delay)
        task = asyncio.ensure_future(adrive(together(one.engine(), two.engine()), resolver))
        while len(resolver.asked) < 2:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0)
        return one.closed, two.closed, sorted(cancelled)

    assert asyncio.run(run()) == (True, True, ["a", "b"])


def test_an_interrupt_closes_the_engine() -> None:
    class Interrupted(Instantly):
        def instant(self, ask: Ask) -> Reply:
            raise KeyboardInterrupt

    engine = Closing("a")
    with pytest.raises(KeyboardInterrupt):
        drive(engine.engine(), Interrupted())
    assert engine.closed


def test_adrive_takes_resolvers_that_never_wait() -> None:
    assert asyncio.run(adrive(names("a"), Instantly())) == ["a A"]
