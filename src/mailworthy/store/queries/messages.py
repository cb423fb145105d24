"""How much mail there was, and how it fared: from the daily sums alone."""

from typing import Any

import sqlalchemy as sa

from mailworthy.store.queries.parts import first, last, sums
from mailworthy.store.queries.scope import Scope
from mailworthy.store.schema.dictionaries import domains, reporters
from mailworthy.store.schema.rollups import COUNTS, daily, daily_reporters


def overview(scope: Scope) -> sa.Select[Any]:
    """A row a day with mail, in order: day, and the counts of mailworthy.store.schema.rollups."""
    query = sa.select(daily.c.day, *sums(daily)).where(*scope.conditions(daily))
    return query.group_by(daily.c.day).order_by(daily.c.day)


def totals(scope: Scope) -> sa.Select[Any]:
    """One row: the counts over the whole scope, with first_day and last_day (None: no mail)."""
    columns = [*sums(daily), first(daily.c.day, "first_day"), last(daily.c.day, "last_day")]
    query: sa.Select[Any] = sa.select(*columns)
    return query.where(*scope.conditions(daily))


def by_domain(scope: Scope, *, limit: int = 1000) -> sa.Select[Any]:
    """A row a domain, that with most mail first: domain, counts, first_day, last_day."""
    inner = (
        sa.select(
            daily.c.domain_id,
            *sums(daily),
            first(daily.c.day, "first_day"),
            last(daily.c.day, "last_day"),
        )
        .where(*scope.conditions(daily))
        .group_by(daily.c.domain_id)
        .subquery()
    )
    columns = [column for column in inner.c if column.name != "domain_id"]
    query = sa.select(domains.c.name.label("domain"), *columns)
    joined = inner.join(domains, domains.c.id == inner.c.domain_id)
    return query.select_from(joined).order_by(inner.c.messages.desc(), "domain").limit(limit)


def by_author(scope: Scope, *, limit: int = 1000) -> sa.Select[Any]:
    """A row a domain in From, which may be a subdomain: header_from, counts."""
    inner = (
        sa.select(daily.c.from_id, *sums(daily))
        .where(*scope.conditions(daily))
        .group_by(daily.c.from_id)
        .subquery()
    )
    query = sa.select(domains.c.name.label("header_from"), *(inner.c[name] for name in COUNTS))
    joined = inner.join(domains, domains.c.id == inner.c.from_id)
    return query.select_from(joined).order_by(inner.c.messages.desc(), "header_from").limit(limit)


def by_reporter(scope: Scope, *, limit: int = 1000) -> sa.Select[Any]:
    """A row a reporter: reporter, reports, counts, first_day, last_day, and `proven`.

    Whoever sends reports in the name of another is not proven, and has a row of its own.
    """
    day, proven = daily_reporters.c.day, daily_reporters.c.proven
    inner = (
        sa.select(
            daily_reporters.c.reporter_id,
            proven,
            *sums(daily_reporters, ("reports", *COUNTS)),
            first(day, "first_day"),
            last(day, "last_day"),
        )
        .where(*scope.conditions(daily_reporters))
        .group_by(daily_reporters.c.reporter_id, proven)
        .subquery()
    )
    columns = [column for column in inner.c if column.name != "reporter_id"]
    query = sa.select(reporters.c.name.label("reporter"), *columns)
    joined = inner.join(reporters, reporters.c.id == inner.c.reporter_id)
    return query.select_from(joined).order_by(inner.c.messages.desc(), "reporter").limit(limit)
