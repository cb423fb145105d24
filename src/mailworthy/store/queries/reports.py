"""The reports themselves: which came, from whom, how good, and what could not be read."""

from typing import Any

import sqlalchemy as sa

from mailworthy.reports.model import Kind
from mailworthy.store.model import Outcome
from mailworthy.store.queries.parts import first, last, sums
from mailworthy.store.queries.scope import Scope
from mailworthy.store.schema.dictionaries import domains, reporters
from mailworthy.store.schema.reports import arrivals, flaws, problems, raws
from mailworthy.store.schema.reports import reports as table
from mailworthy.store.schema.rollups import daily_reports
from mailworthy.store.schema.views import report_rows

_JOINED = table.join(domains, domains.c.id == table.c.domain_id).join(
    reporters, reporters.c.id == table.c.reporter_id
)
# What people want to see of a report; numbers of other tables are named.
_SHOWN = [
    table.c.id,
    domains.c.name.label("domain"),
    reporters.c.name.label("reporter"),
    *(
        column
        for column in table.columns
        if column.name not in {"id", "domain_id", "reporter_id", "identity", "series"}
    ),
]


def reports(
    scope: Scope,
    *,
    kind: Kind | None = None,
    reporter: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> sa.Select[Any]:
    """A row a report, the newest first: its columns, with domain and reporter as text.

    `day` is the day on which it is booked, `days` how many days its window touches; `begin`,
    `end` and `received` are seconds since 1970.
    """
    wanted = scope.conditions(table)
    if kind is not None:
        wanted.append(table.c.kind == kind.value)
    if reporter is not None:
        whose = sa.select(reporters.c.id).where(reporters.c.name == reporter)
        wanted.append(table.c.reporter_id == whose.scalar_subquery())
    query = sa.select(*_SHOWN).select_from(_JOINED).where(*wanted)
    return query.order_by(table.c.day.desc(), table.c.id.desc()).limit(limit).offset(offset)


def report(id_: int) -> sa.Select[Any]:
    """One report, with the name of the content that it came in (sha256)."""
    query = sa.select(*_SHOWN, raws.c.sha256).where(table.c.id == id_)
    return query.select_from(_JOINED.join(raws, raws.c.id == table.c.raw_id))


def records(id_: int, *, limit: int = 1000, offset: int = 0) -> sa.Select[Any]:
    """The records of one aggregate report: columns of the view report_rows."""
    row = report_rows.c
    query = sa.select(report_rows).where(row.report == id_).order_by(row.position)
    return query.limit(limit).offset(offset)


def report_flaws(id_: int) -> sa.Select[Any]:
    """What a valid report would not have: code, message, section."""
    row = flaws.c
    query = sa.select(row.code, row.message, row.section)
    return query.where(row.report_id == id_).order_by(row.code)


def deliveries(id_: int) -> sa.Select[Any]:
    """Every content that brought a report: outcome, origin, received, trust, spot, sha256."""
    row = arrivals.c
    columns = (row.outcome, row.origin, row.received, row.trust, row.spot, raws.c.sha256)
    query = sa.select(*columns).select_from(arrivals.join(raws, raws.c.id == row.raw_id))
    return query.where(row.report_id == id_).order_by(row.received, raws.c.sha256)


def quality(scope: Scope, *, limit: int = 1000) -> sa.Select[Any]:
    """How good reporters are: a row a reporter, and another for those in its name not proven.

    Columns: reporter, proven, reports, partial, flawed, late (more than a day after the end of
    the window), duplicates, first_day and last_day.
    """
    names = ("reports", "partial", "flawed", "late")
    row = daily_reports.c
    inner = (
        sa.select(
            *(row.reporter_id, row.proven),
            *sums(daily_reports, names),
            *(first(row.day, "first_day"), last(row.day, "last_day")),
        )
        .where(*scope.conditions(daily_reports))
        .group_by(row.reporter_id, row.proven)
        .subquery()
    )
    again = (
        sa.select(table.c.reporter_id, table.c.proven, sa.func.count().label("times"))
        .select_from(arrivals.join(table, table.c.id == arrivals.c.report_id))
        .where(arrivals.c.outcome == Outcome.DUPLICATE.value, *scope.conditions(table))
        .group_by(table.c.reporter_id, table.c.proven)
        .subquery()
    )
    same = (again.c.reporter_id == inner.c.reporter_id, again.c.proven == inner.c.proven)
    joined = inner.join(reporters, reporters.c.id == inner.c.reporter_id).outerjoin(
        again, sa.and_(*same)
    )
    query = sa.select(
        reporters.c.name.label("reporter"),
        inner.c.proven,
        *(inner.c[name] for name in names),
        sa.func.coalesce(again.c.times, 0).label("duplicates"),
        *(inner.c.first_day, inner.c.last_day),
    )
    ordered = query.order_by(inner.c.reports.desc(), "reporter", inner.c.proven)
    return ordered.select_from(joined).limit(limit)


def flaw_counts(scope: Scope, *, limit: int = 1000) -> sa.Select[Any]:
    """Which flaws each reporter's reports have, those proven apart from the others: reporter,
    proven, code, section, reports."""
    row = flaws.c
    keys = (table.c.reporter_id, table.c.proven, row.code, row.section)
    inner = (
        sa.select(*keys, sa.func.count().label("reports"))
        .select_from(flaws.join(table, table.c.id == row.report_id))
        .where(*scope.conditions(table))
        .group_by(*keys)
        .subquery()
    )
    found = inner.c
    query = sa.select(
        *(reporters.c.name.label("reporter"), found.proven, found.code, found.section),
        found.reports,
    )
    named = query.select_from(inner.join(reporters, reporters.c.id == found.reporter_id))
    order = (found.reports.desc(), "reporter", found.proven, found.code, found.section)
    return named.order_by(*order).limit(limit)


def problem_list(
    *,
    limit: int = 100,
    offset: int = 0,
    report: int | None = None,
    number: int | None = None,
) -> sa.Select[Any]:
    """What could not be read or was left out, the newest first; of one report, or that one only.

    Columns: id, fault (`omission` for parts of a report), report_id, path, place, reason,
    excerpt, received, origin, sha256.
    """
    row = problems.c
    columns = [column for column in problems.columns if column.name not in {"identity", "raw_id"}]
    query = sa.select(*columns, raws.c.sha256)
    joined = query.select_from(problems.join(raws, raws.c.id == row.raw_id))
    if report is not None:
        joined = joined.where(row.report_id == report)
    if number is not None:
        joined = joined.where(row.id == number)
    return joined.order_by(row.received.desc(), row.id.desc()).limit(limit).offset(offset)
