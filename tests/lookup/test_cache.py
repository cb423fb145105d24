"""The cache of answers."""

import pytest

from mailworthy.lookup.cache import Cache, Limits
from mailworthy.lookup.model import Answer, Question, Status, Why

ASK = Question("example.com", "A")


def answer(status: Status = Status.FOUND, ttl: int = 60, name: str = "example.com") -> Answer:
    why = Why.TIMEOUT if status is Status.FAILED else None
    return Answer(Question(name, "A"), status, why, ttl=ttl)


@pytest.mark.parametrize(
    ("status", "ttl", "kept"),
    [
        (Status.FOUND, 60, 60),
        (Status.FOUND, 0, 0),
        (Status.FOUND, 86400, 3600),
        (Status.EMPTY, 60, 60),
        (Status.EMPTY, 3600, 300),
        (Status.ABSENT, 3600, 300),
        (Status.ABSENT, 0, 0),
        (Status.FAILED, 0, 2),
    ],
)
def test_how_long_answers_are_kept(status: Status, ttl: int, kept: int) -> None:
    cache = Cache()
    cache.put(answer(status, ttl), 1000.0)
    assert (cache.get(ASK, 1000.0) is not None) == (kept > 0)
    assert (cache.get(ASK, 1000.0 + kept - 0.1) is not None) == (kept > 0)
    assert cache.get(ASK, 1000.0 + kept) is None
    assert len(cache) == 0


def test_the_remaining_ttl_is_told() -> None:
    cache = Cache()
    cache.put(answer(ttl=60), 0.0)
    assert [getattr(cache.get(ASK, now), "ttl", None) for now in (0.0, 0.9, 1.0, 59.5)] == [
        60,
        60,
        59,
        1,
    ]


def test_the_least_recently_used_goes_first() -> None:
    cache = Cache(Limits(entries=2))
    for name in ("a", "b"):
        cache.put(answer(name=name), 0.0)
    assert cache.get(Question("a", "A"), 1.0) is not None
    cache.put(answer(name="c"), 1.0)
    kept = [n for n in ("a", "b", "c") if cache.get(Question(n, "A"), 1.0) is not None]
    assert kept == ["a", "c"]
    cache.clear()
    assert len(cache) == 0


def test_a_cache_can_be_switched_off() -> None:
    cache = Cache(Limits(entries=0))
    cache.put(answer(), 0.0)
    assert cache.get(ASK, 0.0) is None
