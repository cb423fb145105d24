"""Engines run with a resolver of the caller's, and at a moment of the caller's."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from mailworthy.errors import UsageError
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Asking, Status, Why, look
from mailworthy.lookup.run import arun, epoch, moment, run

MEMORY = Memory.from_zone('example.org. 60 TXT "hello"')


def both() -> Asking[tuple[Answer, Answer]]:
    return (yield from look("example.org", "TXT")), (yield from look("example.net", "TXT"))


def test_a_given_resolver_is_asked() -> None:
    found, outside = run(both(), MEMORY)
    assert found.records == ("hello",)
    assert (outside.status, outside.why) == (Status.FAILED, Why.OUTSIDE)
    assert asyncio.run(arun(both(), MEMORY)) == (found, outside)


def test_the_deadline_is_passed_on() -> None:
    for answers in (run(both(), MEMORY, deadline=0), asyncio.run(arun(both(), MEMORY, deadline=0))):
        assert [answer.why for answer in answers] == [Why.DEADLINE] * 2


def test_a_moment_is_the_one_given_or_the_present() -> None:
    given = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert moment(given) == given
    assert moment() > given.replace(year=2020)
    assert moment().tzinfo is UTC
    assert epoch(given) == 1795435200
    assert epoch() >= int(moment(given).timestamp()) - 10**9


@pytest.mark.parametrize("given", ["zone:x", 1, object()])
def test_what_is_no_resolver_is_misuse(given: Any) -> None:
    with pytest.raises(UsageError, match=r"is no resolver: mailworthy.lookup.open_resolver"):
        run(both(), given)
    with pytest.raises(UsageError, match="is no resolver"):
        asyncio.run(arun(both(), given))
