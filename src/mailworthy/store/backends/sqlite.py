"""SQLite: the store of most people. One file, several processes, one writer at a time.

Write-ahead logging lets readers read while somebody writes. With `synchronous=NORMAL` a killed
process loses nothing that it had committed; a power cut may undo the last commits, the file stays
sound, and `settle` forces what was committed to the disc. Transactions that write say so at their
beginning (`BEGIN IMMEDIATE`), so that waiting for the lock happens there and nowhere else.
"""

import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from mailworthy.store.errors import StoreUnusable

WAIT_MS = 60_000
SOON_MS = 500
WRITE = "mailworthy_write"
# Kibibytes for pages, and for sorting before temporary files are used: little for those who import
# in the background, more for those who answer questions.
WRITERS, READERS = 1_000, 64_000

PRAGMAS = (
    f"busy_timeout = {WAIT_MS}",
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "wal_autocheckpoint = 4000",
    "journal_size_limit = 67108864",
    "trusted_schema = OFF",
)


class Sqlite:
    """A store in a file, which is made if it is not there, for its owner's eyes only."""

    apart = False
    snapshot: Mapping[str, Any] = {}  # every transaction of SQLite is like that

    def __init__(self, path: Path) -> None:
        _make(path)
        url = sa.URL.create("sqlite+pysqlite", database=str(path))
        self.engine = sa.create_engine(url, connect_args={"timeout": WAIT_MS / 1000})
        sa.event.listen(self.engine, "connect", _connected)
        sa.event.listen(self.engine, "begin", _begin)

    def insert(self, table: sa.Table) -> sqlite.Insert:
        """An INSERT that knows ON CONFLICT."""
        return sqlite.insert(table)

    def lock_schema(self, connection: sa.Connection) -> None:
        """Nothing to do: who writes is alone."""

    def lock_dictionaries(self, connection: sa.Connection, *, alone: bool = False) -> None:
        """Nothing to do: who writes is alone."""

    def lock_domains(self, connection: sa.Connection, ids: Sequence[int]) -> None:
        """Nothing to do: who writes is alone."""

    def settle(self) -> None:
        """Commit something tiny with `synchronous=FULL`, which syncs the whole log."""
        with self.engine.connect().execution_options(**{WRITE: True}) as connection:
            raw = connection.connection
            raw.execute("PRAGMA synchronous = FULL")
            try:
                connection.exec_driver_sql(
                    "INSERT INTO meta (name, value) VALUES ('settled', '1') ON CONFLICT (name)"
                    " DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)"
                )
                connection.commit()
            finally:
                connection.rollback()  # the pragma is refused within a transaction
                raw.execute("PRAGMA synchronous = NORMAL")

    def tidy(self) -> None:
        """Let the planner look at what has changed, and bring the log back into the file.

        Both would wait for others without end; here the first waits for its turn, as all who write
        do, and the second gives up soon: the log is brought back by whoever is next.
        """
        with self.engine.connect().execution_options(**{WRITE: True}) as connection:
            connection.exec_driver_sql("PRAGMA optimize")
            connection.commit()
            raw = connection.connection
            raw.execute(f"PRAGMA busy_timeout = {SOON_MS}")
            try:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                raw.execute(f"PRAGMA busy_timeout = {WAIT_MS}")


def _make(path: Path) -> None:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreUnusable(f"the store {path}: {error.strerror}") from error


def _connected(connection: sqlite3.Connection, _record: Any) -> None:
    """Transactions are ours to begin, and every connection has the same rules."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITE, False)
    cache = WRITERS if writes else READERS
    if connection.info.get("cache") != cache:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{cache}")
        connection.info["cache"] = cache
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
