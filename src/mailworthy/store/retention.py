"""What is given up with time: contents and rows after a while, sums never."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from mailworthy.store.dictionary import PRUNED
from mailworthy.store.errors import StoreBusy
from mailworthy.store.opened import Store
from mailworthy.store.schema import dictionaries as names
from mailworthy.store.schema.base import metadata
from mailworthy.store.schema.reports import meta, problems, raw_chunks, raws, reports
from mailworthy.store.schema.rows import aggregate_rows, feedback_rows, tls_failures, tls_rows

# The same month of last year can still be compared, and read anew by a better reader.
KEEP_RAW = timedelta(days=400)
KEEP_ROWS = timedelta(days=400)
# So many at once, so that importers do not wait long.
SHARE = 200
_ROWS = (tls_failures, tls_rows, feedback_rows, aggregate_rows)
_TEXTS = (names.domains, names.addresses, names.labels, names.reporters)


_Drop = Callable[[sa.Connection, list[int]], None]


class Given(msgspec.Struct, frozen=True):
    """What was given up: contents, reports whose rows are gone, problems, dictionary entries.

    `whole` is False where time ran out before all of it was.
    """

    raws: int
    reports: int
    problems: int
    entries: int
    whole: bool = True


def apply(
    store: Store,
    now: datetime,
    *,
    keep_raw: timedelta = KEEP_RAW,
    keep_rows: timedelta = KEEP_ROWS,
    patience: float | None = None,
) -> Given:
    """Give up contents, then rows, that came too long ago.

    The octets of contents go, while their names (SHA-256) stay, so that they are known if they
    come again. Of reports whose rows go, the head and all sums stay; nobody can take them out of
    the sums any more. Problems go with the contents, and names that nothing mentions go too.
    After `patience` seconds it leaves the rest for the next time. Raises StoreError; what was
    done until then is done.
    """
    clock = _Clock(patience)
    contents, rows, told = (
        _in_shares(store, query, drop, clock) for query, drop in _old(now, keep_raw, keep_rows)
    )
    whole = not clock.is_over
    entries = prune(store) if whole and (rows or told) else 0
    with suppress(StoreBusy):  # others are writing: the next time is early enough
        store.tidy()
    return Given(contents, rows, told, entries, whole)


def due(
    store: Store,
    now: datetime,
    *,
    keep_raw: timedelta = KEEP_RAW,
    keep_rows: timedelta = KEEP_ROWS,
) -> Given:
    """What `apply` would give up, but for dictionary entries, which nobody knows before.

    Raises StoreError.
    """
    with store.reading() as connection:
        counts = [
            connection.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar()
            for query, _ in _old(now, keep_raw, keep_rows)
        ]
    contents, rows, told = (int(count or 0) for count in counts)
    return Given(contents, rows, told, 0)


class _Clock:
    """Tells when the time is over."""

    def __init__(self, patience: float | None) -> None:
        self._end = None if patience is None else time.monotonic() + patience

    @property
    def is_over(self) -> bool:
        return self._end is not None and time.monotonic() >= self._end


def _old(
    now: datetime, keep_raw: timedelta, keep_rows: timedelta
) -> list[tuple[sa.Select[Any], _Drop]]:
    """What is too old, as numbers, and how it is given up."""
    raw, rows = _seconds(now - keep_raw), _seconds(now - keep_rows)
    return [
        (sa.select(raws.c.id).where(raws.c.kept == 1, raws.c.received < raw), _drop_contents),
        (
            sa.select(reports.c.id).where(reports.c.rows_kept == 1, reports.c.received < rows),
            _drop_rows,
        ),
        (sa.select(problems.c.id).where(problems.c.received < raw), _drop_problems),
    ]


def prune(store: Store) -> int:
    """Remove dictionary entries that nothing mentions; how many there were."""
    removed = 0
    with store.writing() as connection:
        store.backend.lock_dictionaries(connection, alone=True)
        removed += _prune_trails(connection)
        for table in (names.remarks, *_TEXTS):
            removed += connection.execute(_unused(table)).rowcount
        if removed:
            _count_up(store, connection)
    store.dictionaries.forget()
    return removed


def _drop_contents(connection: sa.Connection, ids: list[int]) -> None:
    connection.execute(sa.delete(raw_chunks).where(raw_chunks.c.raw_id.in_(ids)))
    connection.execute(sa.update(raws).where(raws.c.id.in_(ids)).values(kept=0, packed=0))


def _drop_rows(connection: sa.Connection, ids: list[int]) -> None:
    for table in _ROWS:
        connection.execute(sa.delete(table).where(table.c.report_id.in_(ids)))
    connection.execute(sa.update(reports).where(reports.c.id.in_(ids)).values(rows_kept=0))


def _drop_problems(connection: sa.Connection, ids: list[int]) -> None:
    connection.execute(sa.delete(problems).where(problems.c.id.in_(ids)))


def _in_shares(store: Store, query: sa.Select[Any], drop: _Drop, clock: _Clock) -> int:
    done = 0
    while not clock.is_over:
        with store.writing() as connection:
            ids = list(connection.execute(query.limit(SHARE)).scalars())
            if not ids:
                break
            drop(connection, ids)
        done += len(ids)
    return done


def _prune_trails(connection: sa.Connection) -> int:
    gone = sa.select(names.trails.c.id).where(*_nowhere(names.trails))
    for table in (names.trail_dkim, names.trail_spf):
        connection.execute(sa.delete(table).where(table.c.trail_id.in_(gone)))
    return connection.execute(sa.delete(names.trails).where(*_nowhere(names.trails))).rowcount


def _unused(table: sa.Table) -> sa.Delete:
    return sa.delete(table).where(*_nowhere(table))


def _nowhere(table: sa.Table) -> list[sa.ColumnElement[bool]]:
    """That no other table has the number of a row; parts of the entry itself do not count."""
    own = (names.trail_dkim, names.trail_spf) if table is names.trails else ()
    columns = (
        column
        for other in metadata.sorted_tables
        if other not in own
        for column in other.columns
        if column.references(table.c.id)
    )
    return [~sa.exists(sa.select(sa.literal(1)).where(column == table.c.id)) for column in columns]


def _count_up(store: Store, connection: sa.Connection) -> None:
    """Tell other processes to forget the numbers that they remember."""
    found = connection.execute(sa.select(meta.c.value).where(meta.c.name == PRUNED)).scalar()
    value = str(int(found or 0) + 1)
    insert = store.backend.insert(meta).values(name=PRUNED, value=value)
    connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"value": value}))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
