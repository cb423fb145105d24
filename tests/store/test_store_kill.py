"""Importers that are killed, and several at once: nothing is lost, nothing is there twice."""

import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import storekit as kit
from mailworthy import store
from mailworthy.store import Store, queries
from mailworthy.store.queries import EVERYTHING

CHILD = Path(kit.__file__).parent / "storechild.py"


def child(*arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, str(CHILD), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    out, errors = process.communicate()
    return process.returncode, out + errors


@pytest.mark.parametrize(
    ("reports", "kills"),
    [(40, 5), pytest.param(2000, 50, marks=pytest.mark.proof)],
)
def test_killed_at_random_moments(tmp_path: Path, reports: int, kills: int) -> None:
    """The store equals that of an importer that was left alone, row for row."""
    code, steps = ended(child(tmp_path / "clean.db", reports, 0))
    assert code == 0, steps
    dice, died = random.Random(kills), 0
    for _ in range(kills):
        fuse = dice.randrange(1, max(2, 2 * int(steps) // kills))
        code, told = ended(child(tmp_path / "killed.db", reports, 0, fuse))
        assert code in (0, -signal.SIGKILL), told
        died += code != 0
    assert died >= kills // 2
    code, told = ended(child(tmp_path / "killed.db", reports, 0))
    assert code == 0, told
    with store.open(tmp_path / "clean.db") as clean, store.open(tmp_path / "killed.db") as killed:
        assert kit.dump(killed) == kit.dump(clean)
        with killed.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert not connection.exec_driver_sql("PRAGMA foreign_key_check").all()


def test_two_importers_and_a_reader(where: str, tmp_path: Path) -> None:
    """All at once on a new store, each importer in an order of its own."""
    reports = 40
    with store.open(tmp_path / "clean.db") as clean:
        assert ended(child(tmp_path / "clean.db", reports, 0))[0] == 0
        count = len(clean.rows(queries.reports(EVERYTHING, limit=9999)))
        processes = [child(where, reports, seed) for seed in (1, 2)]
        processes.append(child(where, count, "look"))
        for process in processes:
            code, told = ended(process)
            assert code == 0, told
        with store.open(where) as mine:
            assert meaning(mine) == meaning(clean)


def meaning(mine: Store) -> dict[str, Any]:
    """What a store tells, without the numbers that it gave to things."""
    reports = mine.rows(queries.reports(EVERYTHING, limit=9999))
    rows = mine.rows(sa.select(kit.metadata.tables["aggregate_rows"]))
    sources = mine.rows(queries.sources(EVERYTHING, limit=9999))
    return {
        "reports": Counter(
            (r.report_id, r.reporter, r.day, r.records, r.messages) for r in reports
        ),
        "overview": mine.rows(queries.overview(EVERYTHING)),
        "reporters": mine.rows(queries.by_reporter(EVERYTHING)),
        "sources": Counter((s.address, s.messages, s.first_day, s.last_day) for s in sources),
        "rows": len(rows),
        "trails": len(mine.rows(sa.select(kit.metadata.tables["trails"]))),
    }
