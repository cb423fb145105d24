"""How a store is opened, migrated, kept from harm, and what it says when it cannot go on."""

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given, settings
from hypothesis import strategies as st

import storekit as kit
from mailworthy import store
from mailworthy.errors import UsageError
from mailworthy.reports.model import Kind, Omission
from mailworthy.store import (
    Store,
    StoreBusy,
    StoreFull,
    StoreUnusable,
    Trust,
    importer,
    intake,
    queries,
    retention,
)
from mailworthy.store.backends import sqlite
from mailworthy.store.importer.identity import booked
from mailworthy.store.migrate import run
from mailworthy.store.schema import REVISION, metadata
from mailworthy.store.schema.reports import raw_chunks, raws, reports
from mailworthy.store.schema.rows import aggregate_rows

TWO = (kit.record(count=5), kit.spoofed("198.51.100.7", 2))
LATER = datetime.fromtimestamp(kit.ORIGIN.received, UTC)


def save(mine: Store, number: int = 1, raw: bytes = b"a") -> None:
    report = kit.aggregate(TWO, report_id=str(number))
    importer.save(mine, report, raw, origin=kit.ORIGIN, trust=Trust.VERIFIED)


# Opening


def test_a_store_is_for_its_owner(tmp_path: Path) -> None:
    with store.open(tmp_path / "deep" / "down" / "x.db") as mine:
        save(mine)
    for path in (tmp_path / "deep" / "down", tmp_path / "deep" / "down" / "x.db"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077


def test_the_store_of_a_folder(tmp_path: Path) -> None:
    store.open(tmp_path).close()
    assert (tmp_path / "mailworthy.db").is_file()


def test_the_store_of_a_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    store.open().close()
    assert (tmp_path / "mailworthy" / "mailworthy.db").is_file()


@pytest.mark.parametrize("url", ["mysql://a/b", "sqlite://", "://", "nonsense://x"])
def test_urls_that_name_no_store(url: str) -> None:
    with pytest.raises(UsageError):
        store.open(url)


def test_what_is_no_store(tmp_path: Path) -> None:
    text, other, folder = tmp_path / "text", tmp_path / "other.db", tmp_path / "file" / "x.db"
    text.write_text("no database at all, but long enough to look at " * 100)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE reports (a)")
    (tmp_path / "file").write_text("")
    for path in (text, other, folder):
        with pytest.raises(StoreUnusable):
            store.open(path)


def test_a_server_that_is_not_there() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(StoreUnusable, match="the store"):
        store.open("postgresql://127.0.0.1:1/x")


# The schema


def test_a_store_of_a_later_version(where: str) -> None:
    with store.open(where) as mine, mine.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreUnusable, match="later version"):
        store.open(where)


def test_migrations_make_what_is_created(where: str, tmp_path: Path) -> None:
    """An empty database that goes through all migrations has the schema of a new one."""
    backend = store.opened._backend(where)
    with backend.engine.connect().execution_options(**{sqlite.WRITE: True}) as connection:
        run(connection, None)
        connection.commit()
        context = MigrationContext.configure(connection)
        assert not compare_metadata(context, metadata)
        assert context.get_current_revision() == REVISION
    backend.engine.dispose()
    with store.open(where) as mine:
        save(mine)
        assert len(mine.rows(queries.records(1))) == 2


def definitions(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {" ".join(sorted(sql.replace(",", " ").split())) for (sql,) in found}


def test_migrations_make_it_word_for_word(tmp_path: Path) -> None:
    store.open(tmp_path / "new.db").close()
    backend = sqlite.Sqlite(tmp_path / "old.db")
    with backend.engine.connect().execution_options(**{sqlite.WRITE: True}) as connection:
        run(connection, None)
        connection.commit()
    assert definitions(tmp_path / "old.db") == definitions(tmp_path / "new.db")


def test_a_store_of_the_first_schema_becomes_one_of_today(tmp_path: Path) -> None:
    for name in ("old.db", "new.db"):
        store.open(tmp_path / name).close()
    with sqlite3.connect(tmp_path / "old.db") as connection:
        for index in ("ix_daily_sources_by_source", "ix_seen_largest"):
            connection.execute(f"DROP INDEX {index}")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    with store.open(tmp_path / "old.db") as mine:
        save(mine)
        assert len(mine.rows(queries.records(1))) == 2
    assert definitions(tmp_path / "old.db") == definitions(tmp_path / "new.db")


def test_many_open_a_new_store_at_once(where: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        opened = list(pool.map(lambda _: store.open(where), range(6)))
    for number, each in enumerate(opened):
        save(each, number)
        each.close()
    with store.open(where) as mine:
        assert len(mine.rows(queries.reports(queries.EVERYTHING))) == 6


# Harm


def test_a_disc_that_is_full(tmp_path: Path) -> None:
    with store.open(tmp_path / "x.db") as mine:
        save(mine)
        before = kit.dump(mine)
        with mine.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        sa.event.listen(mine.backend.engine, "begin", lambda c: _limit(c, pages + 2))
        many = (kit.record(ip=f"198.51.{n // 250}.{n % 250}") for n in range(9000))
        with pytest.raises(StoreFull, match="full"):
            importer.save(
                mine,
                kit.aggregate(many, report_id="2"),
                b"b",
                origin=kit.ORIGIN,
                trust=Trust.VERIFIED,
            )
        assert kit.dump(mine) == before
    with store.open(tmp_path / "x.db") as mine:
        save(mine, 2)
        assert_sound(mine)


def _limit(connection: sa.Connection, pages: int) -> None:
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.execute(f"PRAGMA max_page_count = {pages}")


def assert_sound(mine: Store) -> None:
    with mine.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
        assert not connection.exec_driver_sql("PRAGMA foreign_key_check").all()


def test_a_store_that_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.opened, "TRIES", 2)
    with store.open(tmp_path / "x.db") as mine, sqlite3.connect(tmp_path / "x.db") as other:
        sa.event.listen(mine.backend.engine, "checkout", _impatient)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy, match="locked"):
            save(mine)
        assert not mine.rows(queries.reports(queries.EVERYTHING))
        other.rollback()
        save(mine)


def _impatient(connection: sqlite3.Connection, *_: object) -> None:
    connection.execute("PRAGMA busy_timeout = 0")


def test_what_was_committed_is_settled(mine: Store) -> None:
    save(mine)
    mine.settle()
    mine.settle()
    assert len(mine.rows(queries.reports(queries.EVERYTHING))) == 1


def test_keys_are_checked(mine: Store) -> None:
    with pytest.raises(StoreUnusable), mine.writing() as connection:
        connection.execute(sa.insert(raw_chunks).values(raw_id=99, position=0, data=b""))


# Contents


@given(st.binary(max_size=3000), st.integers(0, 400))
@settings(max_examples=15)
def test_contents_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, some: bytes, times: int
) -> None:
    raw = some * times
    with store.open(tmp_path_factory.mktemp("raw") / "x.db") as mine:
        save(mine, raw=raw)
        (row,) = mine.rows(sa.select(raws))
        assert b"".join(importer.load(mine, row.sha256)) == raw
        assert row.octets == len(raw)


def test_a_file_stands_where_it_stood(mine: Store) -> None:
    file = BytesIO(b"0123456789" * 100_000)
    file.seek(7)
    report = kit.aggregate(TWO)
    importer.save(mine, report, file, origin=kit.ORIGIN, trust=Trust.VERIFIED)
    assert file.tell() == 7
    (row,) = mine.rows(sa.select(raws))
    assert row.packed < row.octets / 100
    assert b"".join(importer.load(mine, row.sha256)) == file.getvalue()


# Days


@pytest.mark.parametrize(
    ("begin", "end", "day", "days"),
    [
        ("2024-10-04 00:00", "2024-10-05 00:00", "2024-10-04", 1),
        ("2024-10-04 00:00", "2024-10-04 23:59", "2024-10-04", 1),
        ("2024-10-03 22:00", "2024-10-04 22:00", "2024-10-04", 2),
        ("2024-10-04 05:00", "2024-10-05 05:00", "2024-10-04", 2),
        ("2024-10-04 00:00", "2024-10-11 00:00", "2024-10-04", 7),
        ("2024-10-04 20:00", "2024-10-11 20:00", "2024-10-05", 8),
        ("2024-10-04 12:00", "2024-10-04 12:00", "2024-10-04", 1),
        ("2024-10-04 23:59", "2024-10-05 00:01", "2024-10-04", 2),
        ("1979-08-06 00:00", "1979-08-06 23:59", "1979-08-06", 1),
        ("1970-01-01 00:00", "1970-01-01 00:00", "1970-01-01", 1),
    ],
)
def test_the_day_of_a_window(begin: str, end: str, day: str, days: int) -> None:
    moments = [int(datetime.fromisoformat(f"{text}+00:00").timestamp()) for text in (begin, end)]
    number, touched = booked(*moments)
    shown = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=number)).date().isoformat()
    assert (shown, touched) == (day, days)


@given(st.integers(-(10**15), 10**15), st.integers(0, 10**15))
def test_every_window_has_a_day(begin: int, length: int) -> None:
    day, days = booked(begin, begin + length)
    assert 0 <= day <= 100_000
    assert days >= 1


# Retention and intake


def test_contents_and_rows_go_and_sums_stay(mine: Store) -> None:
    report = kit.aggregate(TWO, omissions=[Omission("record 3", "no count")])
    saved = importer.save(mine, report, b"a", origin=kit.ORIGIN, trust=Trust.VERIFIED)
    tls = kit.aggregate([kit.tls()], kind=Kind.TLS)
    importer.save(mine, tls, b"t", origin=kit.ORIGIN, trust=Trust.VERIFIED)
    before = mine.rows(queries.overview(queries.EVERYTHING))
    after, soon = LATER + timedelta(days=100), timedelta(days=90)
    due = retention.due(mine, after, keep_raw=soon)
    assert (due.raws, due.reports, due.problems) == (2, 0, 1)
    assert len(mine.rows(sa.select(raw_chunks))) == 2
    done = retention.apply(mine, after, keep_raw=soon)
    assert (done.raws, done.reports, done.problems, done.whole) == (2, 0, 1, True)
    assert not mine.rows(sa.select(raw_chunks))
    assert len(mine.rows(sa.select(aggregate_rows))) == 2
    given_ = retention.apply(mine, LATER + timedelta(days=500))
    assert (given_.raws, given_.reports) == (0, 2)
    assert not mine.rows(sa.select(aggregate_rows))
    assert mine.rows(queries.overview(queries.EVERYTHING)) == before
    assert len(mine.rows(queries.sources(queries.EVERYTHING))) == 2
    assert len(mine.rows(queries.tls_failure_totals(queries.EVERYTHING))) == 1
    with pytest.raises(UsageError, match="no longer kept"):
        importer.remove(mine, saved.id)


def test_nothing_goes_before_its_time(mine: Store) -> None:
    save(mine)
    before = kit.dump(mine)
    done = retention.apply(mine, LATER + timedelta(days=399))
    assert (done.raws, done.reports, done.problems, done.entries) == (0, 0, 0, 0)
    assert kit.dump(mine) == before


def test_a_report_whose_rows_are_gone_is_known_when_it_comes_again(mine: Store) -> None:
    save(mine)
    retention.apply(mine, LATER + timedelta(days=500))
    save(mine, raw=b"b")
    (report,) = mine.rows(queries.reports(queries.EVERYTHING))
    assert not report.rows_kept
    (day,) = mine.rows(queries.overview(queries.EVERYTHING))
    assert day.messages == 7


def test_a_content_that_comes_again_is_kept_again(mine: Store) -> None:
    save(mine, raw=b"abc" * 100)
    retention.apply(mine, LATER + timedelta(days=401))
    save(mine, raw=b"abc" * 100)
    (row,) = mine.rows(sa.select(raws))
    assert b"".join(importer.load(mine, row.sha256)) == b"abc" * 100


def test_names_that_nothing_mentions_are_pruned_everywhere(where: str) -> None:
    with store.open(where) as mine, store.open(where) as other:
        save(other)
        (saved,) = mine.rows(sa.select(reports.c.id))
        importer.remove(mine, saved.id)
        with mine.writing() as connection:
            connection.exec_driver_sql("DELETE FROM raw_chunks")
        assert retention.prune(mine) > 0
        left = kit.dump(mine)
        assert not left["addresses"]
        assert not left["trails"]
        save(other)  # whose memory of their numbers would be wrong
        assert len(other.rows(queries.sources(queries.EVERYTHING))) == 2


def test_an_intake_remembers(mine: Store) -> None:
    intake.remember(mine, "imap a", {"validity": "7", "uid": "1"}, now=1)
    intake.remember(mine, "imap a", {"uid": "2"}, now=2)
    intake.remember(mine, "imap b", {"uid": "9"}, now=2)
    assert intake.recall(mine, "imap a") == {"validity": "7", "uid": "2"}
    intake.forget(mine, "imap a")
    assert intake.recall(mine, "imap a") == {}
    assert intake.recall(mine, "imap b") == {"uid": "9"}
