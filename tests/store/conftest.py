"""Stores to test with: the same tests for every database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import postgres
from mailworthy import store
from mailworthy.store import Store


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The folder with the socket of a PostgreSQL that is ours."""
    if postgres.program("initdb") is None:
        pytest.skip("postgresql is not installed")
    pytest.importorskip("psycopg")
    with postgres.running() as folder:
        yield folder


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.lab)])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store can be opened that nobody has used."""
    if request.param == "sqlite":
        return str(tmp_path / "mailworthy.db")
    return emptied(request.getfixturevalue("server"))


@pytest.fixture
def mine(where: str) -> Iterator[Store]:
    """An empty store."""
    with store.open(where) as opened:
        yield opened


def emptied(folder: str) -> str:
    """The URL of the server's database, in which there is nothing (any more)."""
    url = sa.URL.create("postgresql+psycopg", "postgres", query={"host": folder})
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return f"postgresql://postgres@/postgres?host={folder}"
