"""Everything that was reported, row by row, for other programs."""

from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from mailworthy.reports.answers.trails import Trail, trails
from mailworthy.store import Store, queries
from mailworthy.store.queries import Scope
from mailworthy.store.schema.base import Day
from mailworthy.store.schema.views import complaints, failures, report_rows

BATCH = 1000
REMEMBER = 20_000
MOST = 2**62  # rows: all that there are
_SIGNATURES, _PATHS = "signatures", "paths"


class What(StrEnum):
    """What can be exported."""

    RECORDS = "records"  # of aggregate reports
    DAYS = "days"  # the sums of each day
    REPORTS = "reports"
    TLS = "tls"  # failures in TLS reports
    FAILURES = "failures"
    COMPLAINTS = "complaints"


_SELECTS: dict[What, Callable[[Scope], sa.Select[Any]]] = {
    What.RECORDS: lambda scope: _view(report_rows, scope),
    What.DAYS: queries.overview,
    What.REPORTS: lambda scope: queries.reports(scope, limit=MOST),
    What.TLS: lambda scope: queries.tls_failure_rows(scope, limit=MOST),
    What.FAILURES: lambda scope: _view(failures, scope),
    What.COMPLAINTS: lambda scope: _view(complaints, scope),
}


def _view(view: sa.TableClause, scope: Scope) -> sa.Select[Any]:
    return sa.select(view).where(*scope.named(view))


def columns(what: What) -> dict[str, type]:
    """The columns of an export in order, each with the type of its values, which may be None."""
    selected = _SELECTS[what](Scope()).selected_columns
    found = {column.name: _type(column) for column in selected}
    if what is What.RECORDS:
        del found["trail_id"]
        found |= {_SIGNATURES: str, _PATHS: str}
    return found


# Columns of the views of messages, which are not typed there, that are no text.
_NUMBERS = {"report", "position", "proven", "received", "arrival", "incidents"}


def _type(column: sa.ColumnElement[Any]) -> type:
    if isinstance(column.type, Day):
        return date
    if isinstance(column.type, sa.types.NullType):
        return int if column.name in _NUMBERS else str
    return column.type.python_type


def rows(store: Store, scope: Scope, what: What) -> Iterator[list[tuple[Any, ...]]]:
    """All rows in batches, read as they are taken; text as the store keeps it, printable.

    Records come in no order, with what was seen of DKIM and SPF as text: `selector.domain=result`
    and `domain=result`, with a space between them. Raises StoreError.
    """
    with store.reading() as connection:
        streamed = connection.execution_options(yield_per=BATCH)
        found = streamed.execute(_SELECTS[what](scope))
        known: dict[int, Trail] = {}
        for batch in found.partitions(BATCH):
            if what is What.RECORDS:
                yield list(_with_trails(store, batch, known))
            else:
                yield [tuple(row) for row in batch]


def _with_trails(store: Store, batch: Any, known: dict[int, Trail]) -> Iterator[tuple[Any, ...]]:
    if len(known) > REMEMBER:
        known.clear()
    known |= trails(store, {row.trail_id for row in batch} - known.keys())
    for row in batch:
        values = {**row._mapping}
        trail = known[values.pop("trail_id")]
        signatures = " ".join(f"{d.selector}.{d.domain}={d.result}" for d in trail.dkim)
        yield (*values.values(), signatures, " ".join(f"{s.domain}={s.result}" for s in trail.spf))
