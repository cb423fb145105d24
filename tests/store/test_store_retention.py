"""Retention beside imports: once a day, in small steps, for every database."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

import storekit as kit
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
