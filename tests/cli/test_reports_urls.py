"""Passwords in URLs: told where others can read them, never repeated, and errors in one line."""

from pathlib import Path

import pytest

import storequestions
from cli.clikit import mailworthy
from mailworthy import store
from mailworthy.cli.reports.urls import has_password

SECRET = "s3cr3t"
NOBODY = "127.0.0.1:1"  # tcpmux, which nobody has
STORE = f"postgresql://mail:{SECRET}@{NOBODY}/mail"
COPY = f"clickhouse://mail:{SECRET}@{NOBODY}/mail"


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("urls") / "x.db"
    with store.open(path) as opened:
        storequestions.fill(opened, 1)
    return path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (STORE, True),
        ("postgresql://h/d?user=u&password=x", True),
        ("postgresql://h/d?PASSWORD=x", True),
        ("postgresql://u:p@[::bad/d", True),
        ("postgresql://u:@h/d", False),
        ("postgresql://u@h/d", False),
        ("postgresql://h/d?password=", False),
        ("sqlite:///a:b@c.db", False),
        ("/var/lib/a:b@c.db", False),
        ("://", False),
        ("", False),
    ],
)
def test_what_has_a_password(text: str, expected: bool) -> None:
    assert has_password(text) is expected


@pytest.mark.parametrize("command", ["overview", "sources", "list"])
def test_a_password_on_the_command_line_is_told_once(command: str) -> None:
    pytest.importorskip("psycopg")
    done = mailworthy("reports", command, "--store", STORE)
    assert done.stderr.count(b"warning: ") == 1
    assert b"MAILWORTHY_STORE" in done.stderr
    assert SECRET.encode() not in done.stderr + done.stdout


def test_a_password_in_the_environment_is_as_it_should_be() -> None:
    pytest.importorskip("psycopg")
    done = mailworthy("reports", "overview", env={"MAILWORTHY_STORE": STORE})
    assert b"warning" not in done.stderr
    assert SECRET.encode() not in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_a_clickhouse_that_is_not_there_costs_one_line(mine: Path) -> None:
    pytest.importorskip("clickhouse_connect")
    done = mailworthy("reports", "copy", "--store", mine, env={"MAILWORTHY_CLICKHOUSE": COPY})
    said = f"mailworthy: no ClickHouse answers at {NOBODY}: Connection refused\n"
    assert done.stderr.decode() == said
    assert done.returncode != 0


def test_a_password_of_a_clickhouse_is_told_too(mine: Path) -> None:
    pytest.importorskip("clickhouse_connect")
    done = mailworthy("reports", "copy", COPY, "--store", mine)
    warning, error, *rest = done.stderr.decode().splitlines()
    assert "MAILWORTHY_CLICKHOUSE" in warning
    assert error.startswith("mailworthy: no ClickHouse answers")
    assert rest == []
    assert SECRET not in done.stderr.decode()
