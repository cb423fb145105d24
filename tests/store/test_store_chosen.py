"""Questions for the largest sources: the same numbers as the general ones, for fewer rows."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

import storekit as kit
from mailworthy.reports.answers.sources import sources
from mailworthy.sources.expect import Expected
from mailworthy.store import Store, Trust, importer, queries
from mailworthy.store.queries import Scope
from mailworthy.store.queries.chosen import (
    days_of,
    known_of,
    largest,
    newest_of,
    shared_of,
    volumes_of,
)
from mailworthy.store.queries.leading import is_certain, leading
from mailworthy.store.schema.rollups import COUNTS

FIRST = date.fromordinal(date(1970, 1, 1).toordinal() + kit.BEGIN // kit.DAY)
ALL = Scope(("example.com",))
SOME = Scope(("example.com",), FIRST + timedelta(days=5), FIRST + timedelta(days=20))
MOST = 10_000


@pytest.fixture
def filled(mine: Store) -> Store:
    """A store with reports of a month, some of them unproven, and another domain's."""
    for number, (raw, report) in enumerate(kit.random_reports(60)):
        trust = Trust.UNPROVEN if number % 7 == 0 else Trust.VERIFIED
        importer.save(mine, report, raw, origin=kit.ORIGIN, trust=trust)
    other = kit.aggregate([kit.spoofed("198.51.100.1")], domain="other.example", report_id="o")
    importer.save(mine, other, b"other", origin=kit.ORIGIN, trust=Trust.VERIFIED)
    return mine


def sums(rows: list[object], *keys: str) -> dict[tuple[object, ...], int]:
    """Messages by these columns."""
    found: dict[tuple[object, ...], int] = {}
    for row in rows:
        key = tuple(getattr(row, name) for name in keys)
        found[key] = found.get(key, 0) + row.messages  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("scope", [ALL, SOME], ids=["all time", "some days"])
def test_the_largest_are_those_of_the_general_question(filled: Store, scope: Scope) -> None:
    rows = filled.rows(largest(scope, limit=MOST))
    general = filled.rows(queries.sources(scope, limit=MOST))
    assert sums(rows, "address", "trail_id") == sums(general, "address", "trail_id")
    assert {r.proven for r in rows} == {0, 1}
    by_pair = {(r.address, r.trail_id): r for r in general}
    for row in rows:
        whole = by_pair[row.address, row.trail_id]
        assert whole.first_day <= row.first_day <= row.last_day <= whole.last_day
        assert row.messages == row.both + row.dkim_only + row.spf_only + row.neither


def test_the_largest_are_the_largest(filled: Store) -> None:
    rows = filled.rows(largest(SOME, limit=MOST))
    few = filled.rows(largest(SOME, limit=3))
    assert few == rows[:3]
    assert rows == sorted(rows, key=lambda r: (-r.proven, -r.messages))


def counted(rows: list[Any]) -> list[tuple[Any, ...]]:
    """Sources with their sums, without what `leading` tells besides."""
    names = ("address", "trail_id", "proven", *COUNTS, "first_day", "last_day")
    return [tuple(getattr(row, name) for name in names) for row in rows]


def test_the_largest_of_some_days_are_found_among_those_of_all_time(filled: Store) -> None:
    certain = 0
    for begin, end, limit, among in product((None, 3, 25), (None, 9, 27), (1, 3, 40), (5, 20, 999)):
        since, until = (n if n is None else FIRST + timedelta(days=n) for n in (begin, end))
        scope = Scope(("example.com",), since, until, proven=None if limit < 40 else True)
        found = filled.rows(leading(scope, limit=limit, among=among))
        if is_certain(found, limit=limit, among=among):
            certain += 1
            assert counted(found) == counted(filled.rows(largest(scope, limit=limit)))
    assert 20 < certain < 81


def test_an_old_source_does_not_hide_who_is_large_now(mine: Store) -> None:
    """Largest of all time, one message in the period: whoever is next is not in its shadow."""
    old, new = "198.51.100.1", "198.51.100.2"
    for day, ip, count in ((0, old, 900), (9, old, 1), (9, new, 5)):
        report = kit.aggregate([kit.record(ip=ip, count=count)], day=day, report_id=f"{day}{ip}")
        importer.save(mine, report, ip.encode(), origin=kit.ORIGIN, trust=Trust.VERIFIED)
    scope = Scope(("example.com",), FIRST + timedelta(days=5))
    (one,) = found = mine.rows(leading(scope, limit=1, among=1))
    assert one.address == old
    assert not is_certain(found, limit=1, among=1)
    (best,) = found = mine.rows(leading(scope, limit=1, among=3))
    assert best.address == new
    assert is_certain(found, limit=1, among=3)


def test_sources_with_gaps_do_not_take_the_place_of_others(mine: Store) -> None:
    """A proven source without mail in the period stands before one that is not proven and has."""
    for day, ip, trust in (
        (0, "198.51.100.1", Trust.VERIFIED),
        (9, "198.51.100.1", Trust.VERIFIED),
        (4, "198.51.100.2", Trust.UNPROVEN),
    ):
        report = kit.aggregate([kit.record(ip=ip)], day=day, report_id=f"{day}{ip}")
        importer.save(mine, report, ip.encode(), origin=kit.ORIGIN, trust=trust)
    scope = Scope(("example.com",), FIRST + timedelta(days=3), FIRST + timedelta(days=5))
    for limit in (1, 2):
        found = mine.rows(leading(scope, limit=limit, among=9))
        assert is_certain(found, limit=limit, among=9) == (limit == 2)
    assert [row.address for row in found] == ["198.51.100.2"]


def test_days_add_up_to_the_largest(filled: Store) -> None:
    rows = filled.rows(largest(SOME, limit=MOST))
    names = sorted({row.address for row in rows})
    keys = ("address", "trail_id", "proven")
    assert sums(filled.rows(days_of(SOME, names, limit=MOST)), *keys) == sums(rows, *keys)
    pair = ("address", "trail_id")
    assert sums(filled.rows(volumes_of(SOME, names, limit=MOST)), *pair) == sums(rows, *pair)
    assert {r.address for r in filled.rows(days_of(SOME, names[:1], limit=MOST))} == set(names[:1])


def test_first_and_last_days_are_over_all_time(filled: Store) -> None:
    names = [row.address for row in filled.rows(largest(SOME, limit=MOST))]
    known = {(r.address, r.trail_id): r for r in filled.rows(known_of(SOME, names))}
    for row in filled.rows(queries.sources(ALL, limit=MOST)):
        if (row.address, row.trail_id) in known:
            found = known[row.address, row.trail_id]
            assert (found.first_day, found.last_day) == (row.first_day, row.last_day)


def test_addresses_of_several_domains_are_known(filled: Store) -> None:
    rows = filled.rows(shared_of(["198.51.100.1", "192.0.2.25"]))
    assert [(r.address, r.domains) for r in rows] == [("198.51.100.1", 2)]


def test_the_newest_report_has_the_policy_of_today(filled: Store) -> None:
    (row,) = filled.rows(newest_of("example.com"))
    assert (row.p, row.day) == ("none", max(r.day for r in filled.rows(queries.overview(ALL))))
    assert filled.rows(newest_of("unheard.example")) == []


@pytest.mark.parametrize("scope", [ALL, SOME], ids=["all time", "some days"])
def test_the_answer_adds_up(filled: Store, scope: Scope) -> None:
    found = sources(filled, scope, Expected(("example.com",)), limit=MOST)
    assert found.others == 0
    assert sum(each.messages for each in found.sources) == found.totals.messages
    for each in found.sources:
        assert sum(day.messages for day in each.days) == each.messages
