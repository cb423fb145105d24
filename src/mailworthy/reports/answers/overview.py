"""How much mail there was, day by day, and how it fared."""

from datetime import date
from typing import Any

import msgspec

from mailworthy.reports.answers.model import Answer, Counts, Period, counts, period
from mailworthy.store import Store, queries
from mailworthy.store.queries import Scope

DOMAINS = 1000


class DayCounts(msgspec.Struct, frozen=True):
    """One day with mail."""

    day: date
    counts: Counts


class DomainCounts(msgspec.Struct, frozen=True):
    """One domain, with the first and last day of the period on which it had mail."""

    domain: str
    counts: Counts
    first_day: date
    last_day: date


class Overview(Answer, frozen=True):
    """Mail by day and class of result, and by domain, that with most mail first.

    `unproven` are messages in reports whose origin nobody could show. Where the period is empty,
    `newest` is the last day with mail outside of it.
    """

    domains: tuple[str, ...]
    period: Period
    totals: Counts
    unproven: int
    days: tuple[DayCounts, ...]
    by_domain: tuple[DomainCounts, ...]
    newest: date | None


def overview(store: Store, scope: Scope) -> Overview:
    """The overview of a scope. Raises StoreError."""
    days = tuple(DayCounts(r.day, counts(r)) for r in store.rows(queries.overview(scope)))
    return Overview(
        domains=scope.domains,
        period=period(scope),
        totals=counts(store.rows(queries.totals(scope))[0]),
        unproven=_unproven(store, scope),
        days=days,
        by_domain=tuple(_domain(r) for r in store.rows(queries.by_domain(scope, limit=DOMAINS))),
        newest=None if days else newest(store, scope),
    )


def newest(store: Store, scope: Scope) -> date | None:
    """The last day with mail for the domains of a scope, whatever its period."""
    day: date | None = store.rows(queries.totals(Scope(scope.domains)))[0].last_day
    return day


def _unproven(store: Store, scope: Scope) -> int:
    if scope.proven:
        return 0
    query = queries.totals(msgspec.structs.replace(scope, proven=False))
    return int(store.rows(query)[0].messages)


def _domain(row: Any) -> DomainCounts:
    return DomainCounts(row.domain, counts(row), row.first_day, row.last_day)
