"""Which tables of a store are copied, and what they look like in ClickHouse.

Each row carries the number of the feed that brought it (`generation_`). What belongs to a day
carries that day too (`day_`); the table `generations` tells which feed of a day counts.
"""

from typing import Any

import sqlalchemy as sa

from mailworthy.store.schema import dictionaries as names
from mailworthy.store.schema import metadata, reports
from mailworthy.store.schema.base import Day


def _is_fact(table: sa.Table) -> bool:
    """Whether each row belongs to the day of one report, or of one sum."""
    named = table.columns.get("report_id")
    of_report = named is not None and named.primary_key and bool(named.foreign_keys)
    return "day" in table.columns or of_report


FACTS = tuple(filter(_is_fact, metadata.sorted_tables))
# Each row is a text with a number. Of contents nothing but their names is copied.
ENTRIES = (
    names.domains,
    names.addresses,
    names.reporters,
    names.labels,
    names.trails,
    names.remarks,
    reports.raws,
)
# The parts of entries, of which they have as many as they like.
PARTS = (names.trail_dkim, names.trail_spf)
# Made of others, so not copied.
VIEWS = ("seen", "report_rows", "failures", "complaints")
ANSWERED = frozenset({*(table.name for table in (*FACTS, *ENTRIES, *PARTS)), *VIEWS})

GENERATIONS = "generations"
generations = sa.table(
    GENERATIONS,
    sa.column("day_", sa.Integer),
    sa.column("generation_", sa.BigInteger),
    sa.column("fingerprint", sa.Text),
    sa.column("ledger", sa.Text),
    sa.column("revision", sa.Text),
)


def columns(table: sa.Table) -> list[sa.Column[Any]]:
    """Those columns of a table that are copied."""
    if table is reports.raws:
        return [table.c.id, table.c.sha256]
    return list(table.columns)


def kept(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """A column as it is kept: days as numbers."""
    return sa.type_coerce(column, sa.Integer) if isinstance(column.type, Day) else column


def type_of(column: sa.Column[Any]) -> str:
    """The type of a column in ClickHouse."""
    return f"Nullable({_plain(column.type)})" if column.nullable else _plain(column.type)


def _plain(type_: object) -> str:
    if isinstance(type_, sa.Text):
        return "String"
    if isinstance(type_, sa.SmallInteger):
        return "Int16"
    return "Int64" if isinstance(type_, sa.BigInteger) else "Int32"
