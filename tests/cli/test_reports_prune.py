"""`mailworthy reports prune`, and what importing does once a day."""

import os
import time
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import sqlalchemy as sa

import intakekit as kit
from cli.clikit import inside
from mailworthy import store
from mailworthy.store import daily, intake
from mailworthy.store.schema.reports import raw_chunks, reports
from mailworthy.store.schema.rows import aggregate_rows

Done = CompletedProcess[bytes]
YEARS = 3 * 365 * 86400


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A store with a report that came long ago, of which nothing has been given up yet."""
    (tmp_path / "in").mkdir()
    mail = tmp_path / "in" / "old.eml"
    mail.write_bytes(kit.report_mail(1))
    os.utime(mail, (time.time() - YEARS,) * 2)
    assert bring(tmp_path, mail, "--keep-raw", "9999", "--keep-rows", "9999").returncode == 0
    assert kept(tmp_path) == (1, 1, 1)
    return tmp_path


def bring(folder: Path, what: Path, *options: str) -> Done:
    return inside("reports", "import", "--no-verify", "--store", folder / "x.db", *options, what)


def prune(folder: Path, *options: str) -> Done:
    return inside("reports", "prune", "--store", folder / "x.db", *options)


def kept(folder: Path) -> tuple[int, int, int]:
    with store.open(folder / "x.db") as mine:
        tables = (raw_chunks, aggregate_rows, reports)
        contents, rows, heads = (len(mine.rows(sa.select(table))) for table in tables)
    return contents, bool(rows), heads


def test_what_would_go_stays(filled: Path) -> None:
    done = prune(filled, "--dry-run")
    assert done.stdout == b"would go: 1 files, the records of 1 reports, 0 problems\n"
    assert kept(filled) == (1, 1, 1)


def test_what_is_too_old_goes_and_the_report_stays(filled: Path) -> None:
    done = prune(filled)
    assert (done.returncode, done.stdout) == (
        0,
        b"given up: 1 files, the records of 1 reports, 0 problems\n",
    )
    assert kept(filled) == (0, 0, 1)
    assert b"given up: 0 files" in prune(filled).stdout


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (("--keep-raw", "9999"), (1, 0, 1)),
        (("--keep-rows", "9999"), (0, 1, 1)),
        (("--older-than", "9999"), (1, 1, 1)),
        (("--older-than", "1000", "--keep-raw", "9999"), (0, 0, 1)),
    ],
)
def test_what_the_user_says(
    filled: Path, options: tuple[str, ...], left: tuple[int, int, int]
) -> None:
    assert prune(filled, *options).returncode == 0
    assert kept(filled) == left


@pytest.mark.parametrize("days", ["0", "-1", "x"])
def test_no_number_of_days(filled: Path, days: str) -> None:
    assert prune(filled, "--older-than", days).returncode == 2
    assert kept(filled) == (1, 1, 1)


def test_an_import_prunes_once_a_day(filled: Path) -> None:
    new = filled / "new.eml"
    new.write_bytes(kit.report_mail(2))
    assert bring(filled, new).returncode == 0
    assert kept(filled) == (2, 1, 2)  # somebody has looked today
    with store.open(filled / "x.db") as mine:
        intake.forget(mine, daily.SOURCE)
    done = bring(filled, new)
    assert done.returncode == 0
    assert b"given up: 1 files, the records of 1 reports" in done.stderr
    assert kept(filled) == (1, 1, 2)
