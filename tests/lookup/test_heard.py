"""Whoever listens hears every answer, and changes nothing."""

import asyncio
from typing import TypeVar

from mailworthy.lookup.drive import Note, adrive, drive, gather, heard, together, within
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Asking, Reply, look

ZONE = """
$ORIGIN example.com.
@ 300 IN SOA ns hostmaster 1 2 3 4 5
a 300 IN TXT "one"
b 300 IN TXT "two"
c 300 IN TXT "three"
"""
MEMORY = Memory.from_zone(ZONE)
T = TypeVar("T")


def one(name: str) -> Asking[str]:
    answer = yield from look(f"{name}.example.com", "TXT")
    return "".join(answer.records)


def nested() -> Asking[list[str]]:
    first = yield from one("a")
    (two, three), again = yield from together(gather([one("b"), one("c")]), one("a"))
    last = yield from within(5.0, one("c"))
    return [first, two, three, again, last]


def noting(note: Note, engine: Asking[T]) -> Asking[T]:
    (result,) = yield from heard([(note, engine)])
    one_result: T = result
    return one_result


def silent() -> Asking[list[str]]:
    yield from ()
    return []


def by_hand(engine: Asking[T]) -> T:
    batch = next(engine)
    while True:
        try:
            batch = engine.send(tuple(MEMORY.instant(ask) for ask in batch))
        except StopIteration as stop:
            result: T = stop.value
            return result


def names(said: list[Reply]) -> list[str]:
    return sorted(reply.ask.name[0] for reply in said if hasattr(reply.ask, "name"))


def test_every_answer_is_heard_once_for_each_asking() -> None:
    said: list[Reply] = []
    assert drive(noting(said.extend, nested()), MEMORY) == ["one", "two", "three", "one", "three"]
    assert names(said) == ["a", "a", "b", "c", "c"]


def test_asyncio_hears_the_same() -> None:
    said: list[Reply] = []
    result = asyncio.run(adrive(noting(said.extend, nested()), MEMORY))
    assert result == drive(nested(), MEMORY)
    assert names(said) == ["a", "a", "b", "c", "c"]


def test_listeners_may_lie_within_each_other_and_in_branches() -> None:
    inner: list[Reply] = []
    outer: list[Reply] = []
    both = together(noting(inner.extend, nested()), one("b"))
    drive(noting(outer.extend, both), MEMORY)
    assert names(inner) == ["a", "a", "b", "c", "c"]
    assert names(outer) == ["a", "a", "b", "b", "c", "c"]


def test_a_hand_that_answers_merged_batches_is_heard_too() -> None:
    said: list[Reply] = []
    assert by_hand(noting(said.extend, nested())) == drive(nested(), MEMORY)
    assert names(said) == ["a", "a", "b", "c", "c"]


def test_silence_is_no_trouble() -> None:
    said: list[Reply] = []
    assert drive(noting(said.extend, silent()), MEMORY) == []
    assert not said


def test_closing_closes_what_is_listened_to() -> None:
    closed: list[str] = []

    def closing() -> Asking[None]:
        try:
            yield from look("a.example.com", "TXT")
        finally:
            closed.append("yes")

    engine = noting(lambda replies: None, closing())
    next(engine)
    engine.close()
    assert closed == ["yes"]
