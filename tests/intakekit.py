"""Report mails by number, and what a store holds in words that do not depend on any order."""

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import report_wraps as wraps
from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.model import Done, Incoming
from mailworthy.store import Store
from mailworthy.store.schema import reports, rollups, rows

WHEN = 1_790_100_000
OTHER = wraps.PLAIN


def report_mail(number: int) -> bytes:
    """A mail with the report of this number, of 3 messages."""
    packed = gzip.compress(wraps.report(1, number), mtime=0)
    return wraps.mail(wraps.part(packed, "application/gzip", f"r{number}.xml.gz"))


def incoming(raw: Any, **changes: Any) -> Incoming:
    """Something that came."""
    return Incoming(**({"raw": raw, "name": "it", "origin": "test", "received": WHEN} | changes))


def take(importer: Importer, *raws: Any, **changes: Any) -> list[Done]:
    """Take all of it."""
    return [done for raw in raws for done in importer.take(incoming(raw, **changes))]


def ids(store: Store) -> list[str]:
    """The names of all reports, as often as they are there."""
    with store.reading() as connection:
        query = sa.select(reports.reports.c.report_id)
        return sorted(connection.execute(query).scalars(), key=lambda name: (len(name), name))


def named(numbers: Iterable[int]) -> list[str]:
    """The names of the reports of these numbers."""
    return [f"r{number}" for number in numbers]


def sums(store: Store) -> dict[str, Any]:
    """How much there is, in rows and in sums."""
    counted = (reports.raws, reports.reports, rows.aggregate_rows, reports.problems)
    with store.reading() as connection:
        found: dict[str, Any] = {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
            for table in counted
        }
        for table in (rollups.daily, rollups.daily_sources, rollups.daily_reporters):
            total = sa.select(sa.func.coalesce(sa.func.sum(table.c.messages), 0))
            found[table.name] = int(connection.execute(total).scalar_one())
    return found


def problems(store: Store) -> list[tuple[str, str]]:
    """The fault and the place of each problem."""
    row = reports.problems.c
    with store.reading() as connection:
        return [tuple(each) for each in connection.execute(sa.select(row.fault, row.path))]


def folder_of(path: Path, count: int) -> Path:
    """A folder with so many report mails, all of one age."""
    path.mkdir()
    for number in range(count):
        (path / f"{number:04}.eml").write_bytes(report_mail(number))
    return path
