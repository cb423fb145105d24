"""Rollups are added to from the rows themselves, and subtracted from by the same statements.

So a report that is removed leaves the sums exactly as if it had never come.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from mailworthy.reports.model import Kind
from mailworthy.store.backends.base import Backend
from mailworthy.store.opened import Store
from mailworthy.store.schema.dictionaries import remarks
from mailworthy.store.schema.reports import reports
from mailworthy.store.schema.rollups import (
    COUNTS,
    daily,
    daily_feedback,
    daily_reporters,
    daily_reports,
    daily_sources,
    daily_tls,
    daily_tls_failures,
    daily_trails,
    seen,
)
from mailworthy.store.schema.rows import aggregate_rows, feedback_rows, tls_failures, tls_rows

# A window of local days is longer than a day when clocks are changed.
WIDE = 26 * 3600
LATE = 24 * 3600

REPORT = sa.bindparam("report", type_=sa.BigInteger)
SIGN = sa.bindparam("sign", type_=sa.BigInteger)
Columns = Mapping[str, sa.ColumnElement[Any]]

_wide = sa.case((reports.c.end - reports.c.begin > WIDE, 1), else_=0)
_WHEN: Columns = {
    "domain_id": reports.c.domain_id,
    "day": sa.type_coerce(reports.c.day, sa.Integer),
    "proven": reports.c.proven,
}


def _sum(value: sa.ColumnElement[Any], condition: Any = None) -> sa.ColumnElement[Any]:
    taken = value if condition is None else sa.case((condition, value), else_=0)
    # PostgreSQL sums 64 bits to a wider type.
    return sa.cast(sa.func.coalesce(sa.func.sum(taken), 0) * SIGN, sa.BigInteger)


def _aggregate_counts() -> dict[str, sa.ColumnElement[Any]]:
    row, remark = aggregate_rows.c, remarks.c
    conditions = {
        "both": sa.and_(row.dkim == 1, row.spf == 1),
        "dkim_only": sa.and_(row.dkim == 1, row.spf == 0),
        "spf_only": sa.and_(row.dkim == 0, row.spf == 1),
        "neither": sa.and_(row.dkim == 0, row.spf == 0),
        "quarantined": row.disposition == "quarantine",
        "rejected": row.disposition == "reject",
        "forwarded": remark.forwarded == 1,
        "overridden": remark.overridden == 1,
        "wide": _wide == 1,
    }
    sums = {name: _sum(row.messages, condition) for name, condition in conditions.items()}
    return {"messages": _sum(row.messages), **sums}


def _aggregate(keys: Columns, **more: sa.ColumnElement[Any]) -> tuple[sa.Select[Any], list[str]]:
    counts = {**_aggregate_counts(), **more}
    query = _grouped(aggregate_rows, {**_WHEN, **keys}, counts)
    return query.select_from(_AGGREGATE), [*_WHEN, *keys, *counts]


def _simple(table: sa.Table, keys: Columns, counts: Columns) -> tuple[sa.Select[Any], list[str]]:
    """Sums over another table of rows, each of which has a domain of its own."""
    source = table.join(reports, reports.c.id == table.c.report_id)
    query = _grouped(table, {**_WHEN, **keys}, counts).select_from(source)
    return query, list({**_WHEN, **keys, **counts})


def _grouped(table: sa.Table, keys: Columns, counts: Columns) -> sa.Select[Any]:
    columns = [column.label(name) for name, column in {**keys, **counts}.items()]
    # In one order for all who book, so that nobody waits in a circle.
    query = sa.select(*columns).where(table.c.report_id == REPORT)
    return query.group_by(*keys.values()).order_by(*keys.values())


_ROW = aggregate_rows.c
_AGGREGATE = aggregate_rows.join(reports, reports.c.id == _ROW.report_id).outerjoin(
    remarks, remarks.c.id == _ROW.remark_id
)
_SOURCE: Columns = {
    "from_id": _ROW.from_id,
    "trail_id": _ROW.trail_id,
    "address_id": _ROW.address_id,
}
_REPORTER: Columns = {"reporter_id": reports.c.reporter_id}


def _reports() -> tuple[sa.Select[Any], list[str]]:
    """One report as a summand; `late` is more than a day after the end of its window."""
    row = reports.c
    conditions = {
        "partial": sa.or_(row.omissions > 0, row.complete == 0),
        "flawed": row.flaws > 0,
        "late": row.received - row.end > LATE,
    }
    counts = {name: sa.case((yes, SIGN), else_=0) for name, yes in conditions.items()}
    columns = {**_WHEN, "kind": row.kind, **_REPORTER, "reports": _one, **counts}
    named = [
        sa.cast(c, sa.BigInteger).label(n) if n in counts else c.label(n)
        for n, c in columns.items()
    ]
    return sa.select(*named).where(row.id == REPORT), list(columns)


def _tls() -> tuple[sa.Select[Any], list[str]]:
    row = tls_rows.c
    counts = {
        "successful": _sum(row.successful),
        "failed": _sum(row.failed),
        "wide": _sum(row.successful + row.failed, _wide == 1),
    }
    return _simple(tls_rows, {"domain_id": row.domain_id, "type": row.type, **_REPORTER}, counts)


def _tls_failures() -> tuple[sa.Select[Any], list[str]]:
    row = tls_failures.c
    both = sa.and_(tls_rows.c.report_id == row.report_id, tls_rows.c.position == row.position)
    source = tls_failures.join(tls_rows, both).join(reports, reports.c.id == row.report_id)
    keys = {
        **_WHEN,
        "domain_id": tls_rows.c.domain_id,
        "result_type": row.result_type,
        "mx_id": row.mx_id,
        **_REPORTER,
    }
    counts = {"sessions": _sum(row.sessions)}
    return _grouped(tls_failures, keys, counts).select_from(source), [*keys, *counts]


def _feedback() -> tuple[sa.Select[Any], list[str]]:
    row = feedback_rows.c
    keys = {
        "domain_id": row.domain_id,
        "kind": reports.c.kind,
        "feedback_type": row.feedback_type,
        "campaign_id": row.campaign_id,
        "list_id": row.list_id,
    }
    return _simple(feedback_rows, keys, {"incidents": _sum(row.incidents)})


Rollup = tuple[sa.Table, Callable[[], tuple[sa.Select[Any], list[str]]]]
_one = sa.cast(SIGN, sa.BigInteger)
_REPORTS: Rollup = (daily_reports, _reports)
ROLLUPS: Mapping[Kind, Sequence[Rollup]] = {
    Kind.AGGREGATE: (
        _REPORTS,
        (daily, lambda: _aggregate({"from_id": _ROW.from_id})),
        (daily_trails, lambda: _aggregate({"trail_id": _ROW.trail_id})),
        (daily_sources, lambda: _aggregate(_SOURCE)),
        (daily_reporters, lambda: _aggregate(_REPORTER, reports=_one)),
    ),
    Kind.TLS: (_REPORTS, (daily_tls, _tls), (daily_tls_failures, _tls_failures)),
    Kind.FAILURE: (
        _REPORTS,
        (daily_feedback, _feedback),
    ),
    Kind.COMPLAINT: (
        _REPORTS,
        (daily_feedback, _feedback),
    ),
}


def book(store: Store, connection: sa.Connection, report: int, kind: Kind) -> None:
    """Add the rows of a report to all sums."""
    for rollup in ROLLUPS[kind]:
        _upsert(store, connection, rollup, report=report, sign=1)
    if kind is Kind.AGGREGATE:
        store.statements.get("see", _see).run(connection, report=report, sign=1)


def unbook(store: Store, connection: sa.Connection, report: int, kind: Kind) -> None:
    """Subtract the rows of a report from all sums; sums of nothing are gone."""
    for rollup in ROLLUPS[kind]:
        table = rollup[0]
        _upsert(store, connection, rollup, report=report, sign=-1)
        connection.execute(sa.delete(table).where(_empty(table), _touched(table, report, kind)))
    if kind is Kind.AGGREGATE:
        _unsee(connection, report)


def _upsert(
    store: Store, connection: sa.Connection, rollup: Rollup, *, report: int, sign: int
) -> None:
    table, make = rollup

    def statement(backend: Backend) -> sa.sql.ClauseElement:
        query, names = make()
        insert = backend.insert(table).from_select(names, query)
        keys = [column.name for column in table.primary_key]
        added = {n: table.c[n] + insert.excluded[n] for n in names if n not in keys}
        return insert.on_conflict_do_update(index_elements=keys, set_=added)

    store.statements.get(("rollup", table.name), statement).run(
        connection, report=report, sign=sign
    )


def _touched(table: sa.Table, report: int, kind: Kind) -> sa.ColumnElement[bool]:
    """Of the day and the domains of a report."""
    here = sa.select(reports.c.day).where(reports.c.id == report).scalar_subquery()
    whose = [sa.select(reports.c.domain_id).where(reports.c.id == report)]
    if kind is not Kind.AGGREGATE:
        rows = tls_rows if kind is Kind.TLS else feedback_rows
        whose.append(sa.select(rows.c.domain_id).where(rows.c.report_id == report))
    return sa.and_(table.c.domain_id.in_(sa.union(*whose)), table.c.day == here)


def _empty(table: sa.Table) -> sa.ColumnElement[bool]:
    keys = {column.name for column in table.primary_key}
    return sa.and_(*(column == 0 for column in table.columns if column.name not in keys))


def _see(backend: Backend) -> sa.sql.ClauseElement:
    """Add a report to what is known of its sources over all time."""
    here = sa.type_coerce(reports.c.day, sa.Integer)
    keys = {
        "domain_id": reports.c.domain_id,
        "address_id": _ROW.address_id,
        "trail_id": _ROW.trail_id,
        "proven": reports.c.proven,
    }
    days = {"first_day": sa.func.min(here), "last_day": sa.func.max(here)}
    counts = {**days, **_aggregate_counts()}
    query = _grouped(aggregate_rows, keys, counts).select_from(_AGGREGATE)
    insert = backend.insert(seen).from_select([*keys, *counts], query)
    old, new = seen.c, insert.excluded
    changed: dict[str, Any] = {name: old[name] + new[name] for name in COUNTS}
    changed["first_day"] = sa.case(
        (new.first_day < old.first_day, new.first_day), else_=old.first_day
    )
    changed["last_day"] = sa.case((new.last_day > old.last_day, new.last_day), else_=old.last_day)
    return insert.on_conflict_do_update(index_elements=list(keys), set_=changed)


def _unsee(connection: sa.Connection, report: int) -> None:
    """Add up anew what is known of the sources of a report, from the sums by day that are left."""
    pair = sa.tuple_(seen.c.address_id, seen.c.trail_id)
    theirs = sa.select(_ROW.address_id, _ROW.trail_id).where(_ROW.report_id == report)
    whose = sa.select(reports.c.domain_id).where(reports.c.id == report).scalar_subquery()
    connection.execute(sa.delete(seen).where(seen.c.domain_id == whose, pair.in_(theirs)))
    row = daily_sources.c
    keys = [row.domain_id, row.address_id, row.trail_id, row.proven]
    sums = [sa.cast(sa.func.sum(row[name]), sa.BigInteger) for name in COUNTS]
    left = sa.select(*keys, sa.func.min(row.day), sa.func.max(row.day), *sums).where(
        row.domain_id == whose, sa.tuple_(row.address_id, row.trail_id).in_(theirs)
    )
    names = [column.name for column in seen.columns]
    connection.execute(sa.insert(seen).from_select(names, left.group_by(*keys)))
