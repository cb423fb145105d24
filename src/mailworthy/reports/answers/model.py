"""What answers share: counts of messages, and which part of the store they are about."""

from datetime import date
from typing import Any, NoReturn

import msgspec

from mailworthy.store.queries.scope import Scope
from mailworthy.store.schema.rollups import COUNTS


class Answer(msgspec.Struct, frozen=True):
    """What all answers are: values without a truth value."""

    def __bool__(self) -> NoReturn:
        raise TypeError("an answer has no truth value")


class Period(msgspec.Struct, frozen=True):
    """Days from `since` to `until`, both included; None where there is no bound."""

    since: date | None = None
    until: date | None = None


class Counts(msgspec.Struct, frozen=True):
    """Messages: aligned by both checks, by DKIM or SPF alone, by neither; and what was done.

    `wide` are those of reports about more than a day, booked on the day of most of their window.
    """

    messages: int = 0
    both: int = 0
    dkim_only: int = 0
    spf_only: int = 0
    neither: int = 0
    quarantined: int = 0
    rejected: int = 0
    forwarded: int = 0
    overridden: int = 0
    wide: int = 0

    @property
    def passed(self) -> int:
        """Messages that pass DMARC."""
        return self.messages - self.neither

    @property
    def rate(self) -> float | None:
        """The part that passes, None without messages."""
        return self.passed / self.messages if self.messages else None


def counts(row: Any) -> Counts:
    """The counts of a row that has them under their own names."""
    return Counts(*(getattr(row, name) for name in COUNTS))


def added(parts: "list[Counts]") -> Counts:
    """The sum."""
    return Counts(*(sum(getattr(part, name) for part in parts) for name in COUNTS))


def period(scope: Scope) -> Period:
    """The days that a scope is about."""
    return Period(scope.since, scope.until)
