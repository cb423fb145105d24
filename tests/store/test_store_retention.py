"""Retention beside imports: once a day, in small steps, for every database."""

import itertools
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

import storekit as kit
from mailworthy import store
from mailworthy.store import Store, Trust, importer, intake, queries, retention
from mailworthy.store.daily import NAME, SOURCE, daily
from mailworthy.store.schema.reports import raw_chunks, raws
from mailworthy.store.schema.rows import aggregate_rows

LATER = datetime.fromtimestamp(kit.ORIGIN.received, UTC)
OLD = LATER + timedelta(days=401)
HOUR = timedelta(hours=1)


def save(mine: Store, number: int) -> None:
    report = kit.aggregate([kit.record(count=number)], report_id=str(number))
    raw = b"%d" % number
    importer.save(mine, report, raw, origin=kit.ORIGIN, trust=Trust.VERIFIED)


def kept(mine: Store) -> tuple[int, int]:
    return len(mine.rows(sa.select(raw_chunks))), len(mine.rows(sa.select(aggregate_rows)))


def test_once_a_day_is_enough(mine: Store) -> None:
    save(mine, 1)
    done = daily(mine, OLD)
    assert done is not None
    assert (done.raws, done.reports, kept(mine)) == (1, 1, (0, 0))
    save(mine, 2)
    assert daily(mine, OLD + HOUR) is None
    assert kept(mine) == (1, 1)
    again = daily(mine, OLD + 25 * HOUR)
    assert again is not None
    assert (again.raws, kept(mine)) == (1, (0, 0))
    assert [row.messages for row in mine.rows(queries.overview(queries.EVERYTHING))] == [3]


def test_the_times_are_those_that_were_said(mine: Store) -> None:
    save(mine, 1)
    assert daily(mine, OLD, keep_raw=timedelta(days=500), keep_rows=timedelta(days=400))
    assert kept(mine) == (1, 0)
    assert daily(mine, OLD + 25 * HOUR, keep_raw=timedelta(days=30))
    assert kept(mine) == (0, 0)


def test_what_is_not_done_in_time_is_gone_on_with(
    mine: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 4):
        save(mine, number)
    done = daily(mine, OLD, patience=0)
    assert done is not None
    assert not done.whole
    assert kept(mine) == (3, 3)
    monkeypatch.setattr(retention, "SHARE", 1)
    done = daily(mine, OLD)
    assert done is not None
    assert (done.raws, done.reports, done.whole, kept(mine)) == (3, 3, True, (0, 0))
    assert daily(mine, OLD) is None


@pytest.mark.parametrize("mark", ["", "nonsense", "-1", str(2**60)])
def test_a_mark_that_cannot_be(mine: Store, mark: str) -> None:
    intake.remember(mine, SOURCE, {NAME: mark}, now=0)
    assert daily(mine, OLD) is not None
    assert daily(mine, OLD) is None


def test_a_content_that_is_gone_is_known(mine: Store) -> None:
    save(mine, 1)
    daily(mine, OLD)
    (row,) = mine.rows(sa.select(raws))
    assert (row.kept, row.packed) == (0, 0)
    assert row.sha256


def test_tidying_waits_for_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "mailworthy.db"
    over = threading.Event()
    with store.open(path) as mine, ThreadPoolExecutor(1) as pool:
        save(mine, 1)
        writing = pool.submit(_write_until, path, over)
        try:
            for _ in range(150):
                _forget_statistics(path)
                retention.apply(mine, OLD)
        finally:
            over.set()
        assert writing.result() > 0


def _write_until(path: Path, over: threading.Event) -> int:
    """Somebody who always writes; how often."""
    with closing(sqlite3.connect(path, isolation_level=None, timeout=60)) as other:
        for times in itertools.count():
            if over.is_set():
                return times
            other.execute("BEGIN IMMEDIATE")
            other.execute("REPLACE INTO meta (name, value) VALUES ('other', ?)", (str(times),))
            other.execute("COMMIT")
            time.sleep(0)
    return 0


def _forget_statistics(path: Path) -> None:
    """So that the planner has something to look at."""
    with closing(sqlite3.connect(path, timeout=60)) as other:
        other.execute("DROP TABLE IF EXISTS sqlite_stat1")
        other.commit()
