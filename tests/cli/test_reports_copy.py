"""`mailworthy reports copy`, as a person has it: each time a process of its own."""

from pathlib import Path

import pytest

import storequestions
from cli.clikit import mailworthy
from mailworthy import store


@pytest.mark.lab
def test_a_store_is_copied_once(tmp_path: Path) -> None:
    for needed in ("clickhouse_connect", "chdb"):
        pytest.importorskip(needed)
    with store.open(tmp_path / "x.db") as mine:
        storequestions.fill(mine, 3)
    env = {"MAILWORTHY_CLICKHOUSE": f"clickhouse://?interface=chdb&path={tmp_path}/ch"}
    copy = ("reports", "copy", "--store", tmp_path / "x.db")
    first = mailworthy(*copy, env=env)
    assert (first.returncode, first.stderr) == (0, b"")
    assert first.stdout.startswith(b"copied days: ")
    again = mailworthy(*copy, env=env)
    assert (again.returncode, again.stdout) == (0, b"nothing has changed\n")


def test_not_a_clickhouse(tmp_path: Path) -> None:
    with store.open(tmp_path / "x.db") as mine:
        storequestions.fill(mine, 1)
    done = mailworthy("reports", "copy", "postgresql://u:secret@h/x", "--store", tmp_path / "x.db")
    assert done.returncode == 2
    assert b"not the URL of a ClickHouse" in done.stderr
    assert b"secret" not in done.stderr
