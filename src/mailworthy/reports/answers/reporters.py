"""Who reports, how much, and how good its reports are (RFC 9990)."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec

from mailworthy.reports.answers.model import Answer, Counts, Period, counts, period
from mailworthy.reports.answers.newest import newest_report
from mailworthy.reports.score import FLAWED, TARDY
from mailworthy.store import Store, queries
from mailworthy.store.queries import Scope

LIMIT = 1000


class FlawCount(msgspec.Struct, frozen=True):
    """Something that a valid report would not have, and in how many reports it was."""

    code: str
    section: str
    reports: int


class Reporter(msgspec.Struct, frozen=True):
    """One reporter, apart from whoever sends unproven reports in its name.

    `points` are the part of its reports that is whole, of 100, less a quarter of the part with
    flaws and of the part that came more than a day late. `counts` are of aggregate reports.
    """

    reporter: str
    proven: bool
    reports: int
    points: int
    partial: int
    flawed: int
    late: int
    duplicates: int
    first_day: date
    last_day: date
    counts: Counts
    flaws: tuple[FlawCount, ...]


class Reporters(Answer, frozen=True):
    """All reporters, those with most reports first. Where the period is empty, `newest` is the day
    of the last report outside of it."""

    domains: tuple[str, ...]
    period: Period
    reporters: tuple[Reporter, ...]
    newest: date | None


def reporters(store: Store, scope: Scope, *, limit: int = LIMIT) -> Reporters:
    """The reporters of a scope. Raises StoreError."""
    mail = {
        (r.reporter, r.proven): counts(r)
        for r in store.rows(queries.by_reporter(scope, limit=LIMIT))
    }
    flaws: dict[tuple[str, int], list[FlawCount]] = {}
    for row in store.rows(queries.flaw_counts(scope)):
        count = FlawCount(row.code, row.section, row.reports)
        flaws.setdefault((row.reporter, row.proven), []).append(count)
    found = tuple(
        Reporter(
            row.reporter,
            bool(row.proven),
            row.reports,
            _points(row),
            row.partial,
            row.flawed,
            row.late,
            row.duplicates,
            row.first_day,
            row.last_day,
            mail.get((row.reporter, row.proven), Counts()),
            tuple(flaws.get((row.reporter, row.proven), ())),
        )
        for row in store.rows(queries.quality(scope, limit=limit))
    )
    last = None if found else newest_report(store, scope)
    return Reporters(scope.domains, period(scope), found, last)


def _points(row: Any) -> int:
    """As mailworthy.reports.score has it, from sums: what is both partial and late loses twice."""
    lost = 100 * row.partial + FLAWED * row.flawed + TARDY * row.late
    return max(0, round(100 - lost / row.reports)) if row.reports else 0


def day_of(seconds: int) -> date:
    """The day (UTC) of a moment in seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC).date()
