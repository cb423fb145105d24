"""What has changed in a store is copied, day by day.

A feed has a number that is larger than those before it. It writes all rows of a changed day anew
under its number, with the dictionary entries that they mention, and last of all a row that says
that this feed of the day counts. Nothing is changed or deleted, so nobody sees half of a feed.
"""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import msgspec
import sqlalchemy as sa

from mailworthy.errors import UsageError
from mailworthy.store.backends.clickhouse import tables
from mailworthy.store.backends.clickhouse.layout import Layout
from mailworthy.store.backends.clickhouse.link import Link
from mailworthy.store.opened import Store
from mailworthy.store.schema import REVISION
from mailworthy.store.schema.reports import arrivals, meta, reports

BLOCK = 50_000
SHARE = 500
LEDGER = "ledger"
# The day of no report, under which a feed notes that it has begun.
BEGUN = -1
# Two feeds that began at once differ in these bits.
CHANCE = 24


class Fed(msgspec.Struct, frozen=True):
    """What was copied: how many days, and rows in all tables."""

    days: int
    rows: int


def feed(link: Link, layout: Layout, ledger: Store) -> Fed:
    """Copy the days of `ledger` that have changed. Raises StoreError, UsageError."""
    name = _name(ledger)
    with ledger.reading() as connection:
        _same(link, name)
        there, newest = _fed(link)
        here = dict(_fingerprints(connection))
        changed = {day for day in {*here, *there} if here.get(day, "") != there.get(day, "")}
        if not changed:
            return Fed(0, 0)
        generation = ((newest >> CHANCE) + 1 << CHANCE) + secrets.randbits(CHANCE)
        # So that the next feed has a larger number, even if this one breaks.
        _mark(link, layout, [(BEGUN, generation, "", name, REVISION)])
        feeding = _Feeding(link, layout, connection, generation)
        feeding.days(changed)
    counted = [(day, generation, here.get(day, ""), name, REVISION) for day in sorted(changed)]
    _mark(link, layout, counted)
    return Fed(len(changed), feeding.written)


def _mark(link: Link, layout: Layout, rows: list[tuple[int, int, str, str, str]]) -> None:
    names = [column.name for column in tables.generations.columns]
    link.insert(layout.fed(tables.GENERATIONS), names, rows)


def _name(ledger: Store) -> str:
    """What tells a store from others; it is made up when the store is copied first."""
    query = sa.select(meta.c.value).where(meta.c.name == LEDGER)
    with ledger.writing() as connection:
        insert = ledger.backend.insert(meta).values(name=LEDGER, value=secrets.token_hex(16))
        connection.execute(insert.on_conflict_do_nothing())
        return str(connection.execute(query).scalar_one())


def _same(link: Link, name: str) -> None:
    row = tables.generations.c
    for ledger, revision in link.answer(sa.select(row.ledger, row.revision).distinct()):
        if ledger != name:
            raise UsageError("this ClickHouse database is the copy of another store")
        if revision != REVISION:
            raise UsageError("this copy has another schema: drop its database, and feed a new one")


def _fed(link: Link) -> tuple[dict[int, str], int]:
    """The fingerprint of each day that was copied, and the number of the newest feed."""
    row = tables.generations.c
    query = sa.select(row.day_, row.generation_, row.fingerprint).order_by(
        row.day_, row.generation_
    )
    found = link.answer(query)
    days = {day: text for day, _, text in found if day != BEGUN}
    return days, max((each[1] for each in found), default=0)


def _fingerprints(connection: sa.Connection) -> Iterator[tuple[int, str]]:
    """What stands for the reports of each day: whenever sums or rows change, these do."""
    row, times = reports.c, sa.func.count(arrivals.c.report_id)
    day = sa.type_coerce(row.day, sa.Integer)
    columns = (row.id, row.identity, row.trust, row.rows_kept)
    joined = reports.outerjoin(arrivals, arrivals.c.report_id == row.id)
    query = sa.select(day, *columns, times).select_from(joined)
    ordered = query.group_by(row.day, *columns).order_by(row.day, row.id)
    for which, group in groupby(_streamed(connection, ordered), itemgetter(0)):
        digest = hashlib.sha256()
        for each in group:
            digest.update(repr(tuple(each)).encode())
        yield which, digest.hexdigest()


class _Feeding:
    """The state of one feed: which entries its rows mention, and which of these were copied."""

    def __init__(
        self, link: Link, layout: Layout, connection: sa.Connection, generation: int
    ) -> None:
        self.link = link
        self.layout = layout
        self.connection = connection
        self.generation = generation
        self.written = 0
        self._mentioned: dict[str, set[int]] = defaultdict(set)

    def days(self, days: Collection[int]) -> None:
        """Copy all rows of some days, and what they mention."""
        for table in tables.FACTS:
            self._write(table, self._facts(table, days), ["day_"])
        for table in tables.PARTS:
            self._write(table, self._entries(table, table.c.trail_id, "trails"), [])
        for table in tables.ENTRIES:
            self._write(table, self._entries(table, table.c.id, table.name), [])

    def _facts(self, table: sa.Table, days: Collection[int]) -> Iterator[tuple[Any, ...]]:
        of = table if "day" in table.c else reports
        day = sa.type_coerce(of.c.day, sa.Integer)
        query = sa.select(*map(tables.kept, tables.columns(table)), day)
        if of is not table:
            query = query.join_from(table, reports, reports.c.id == table.c.report_id)
        chosen = query.where(day >= min(days), day <= max(days))
        return (tuple(row) for row in _streamed(self.connection, chosen) if row[-1] in days)

    def _entries(
        self, table: sa.Table, column: sa.Column[Any], name: str
    ) -> Iterator[tuple[Any, ...]]:
        wanted = iter(sorted(self._mentioned[name]))
        while share := list(islice(wanted, SHARE)):
            query = sa.select(*tables.columns(table)).where(column.in_(share))
            yield from map(tuple, self.connection.execute(query))

    def _write(self, table: sa.Table, rows: Iterator[tuple[Any, ...]], more: list[str]) -> None:
        columns = tables.columns(table)
        names = [*(column.name for column in columns), *more, "generation_"]
        targets = _targets(columns)
        while block := [(*row, self.generation) for row in islice(rows, BLOCK)]:
            for position, name in targets.items():
                numbers = (row[position] for row in block)
                self._mentioned[name].update(n for n in numbers if n is not None)
            self.link.insert(self.layout.fed(table.name), names, block)
            self.written += len(block)


def _targets(columns: list[sa.Column[Any]]) -> dict[int, str]:
    """Which columns, by their places, name entries of which dictionaries."""
    entries = {table.name for table in tables.ENTRIES}
    found = {
        place: key.column.table.name
        for place, column in enumerate(columns)
        for key in column.foreign_keys
    }
    return {place: name for place, name in found.items() if name in entries}


def _streamed(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[Any]:
    yield from connection.execute(query, execution_options={"yield_per": 10_000})
