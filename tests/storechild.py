"""A process that imports, to be killed or to stand beside others: `where reports seed fuse`.

With a fuse it kills itself, in the midst of whatever SQLite is doing, after so many steps of
SQLite's machine; without one it prints how many there were.
"""

import os
import random
import signal
import sys
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

import storekit as kit
from mailworthy import store
from mailworthy.reports.model import Fault, Place, Report, Unreadable
from mailworthy.store import Store, Trust, importer, queries

STEPS = 200


def contents(count: int) -> Iterator[tuple[bytes, list[Any]]]:
    """Contents with what is in each: reports, parts that come whole later, copies, and junk."""
    for number, (raw, report) in enumerate(kit.random_reports(count)):
        records = list(report.records)
        name, day = f"p{number}", number % 20
        parts: list[Any] = [lambda r=report, m=records: Report(r.head, r.place, iter(m))]
        if number % 7 == 0:
            yield (
                raw + b" cut",
                [lambda m=records, n=name, d=day: part(m[:1], n, d), _broken],
            )
            parts.append(lambda m=records, n=name, d=day: part(m, n, d, complete=True))
        yield raw, parts
        if number % 11 == 0:
            yield raw + b" again", parts


def part(records: list[Any], name: str, day: int, *, complete: bool = False) -> Report:
    """A report, or the beginning of it."""
    return kit.aggregate(records, report_id=name, day=day, complete=complete)


def _broken() -> Unreadable:
    return Unreadable(Place(("b.xml",)), Fault.SYNTAX, "line 1")


def run(mine: Store, count: int, seed: int) -> None:
    """Take everything, in an order of its own for each seed but 0."""
    all_ = list(contents(count))
    if seed:
        random.Random(seed).shuffle(all_)
    for raw, parts in all_:
        importer.take(
            mine,
            raw,
            lambda _, made=parts: (make() for make in made),
            origin=kit.ORIGIN,
            trust=Trust.VERIFIED,
        )


def look(mine: Store, count: int) -> None:
    """Ask until all reports are there; what is seen is never half of a report."""
    wanted = 0
    while wanted < count:
        with mine.reading() as connection:
            total = connection.execute(queries.totals(queries.EVERYTHING)).one()
            rows = connection.execute(queries.by_reporter(queries.EVERYTHING)).all()
        assert sum(row.messages for row in rows) == total.messages
        wanted = sum(row.reports for row in rows)


class Fuse:
    """Burns down step by step."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.burnt = 0

    def light(self, connection: Any, _: Any) -> None:
        """Count the steps of a new connection."""
        connection.set_progress_handler(self._step, STEPS)

    def _step(self) -> int:
        self.burnt += 1
        if self.burnt == self.length:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0


def main() -> None:
    """Do what the command line says."""
    where, count, seed = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    with store.open(where) as mine:
        if seed == "look":
            look(mine, count)
            return
        fuse = Fuse(int(sys.argv[4]) if len(sys.argv) > 4 else 0)
        if mine.backend.engine.dialect.name == "sqlite":
            mine.close()
            sa.event.listen(mine.backend.engine, "connect", fuse.light)
        run(mine, count, int(seed))
        print(fuse.burnt)


if __name__ == "__main__":
    main()
