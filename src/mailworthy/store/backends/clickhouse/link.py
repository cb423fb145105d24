"""How to speak to a ClickHouse."""

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import exc

from mailworthy.errors import UsageError
from mailworthy.reports.shown import shown
from mailworthy.store.errors import StoreError, StoreUnusable, translated

# As SQL has it elsewhere: what is not there is NULL, and a table is asked on all shards.
SETTINGS = {
    "join_use_nulls": 1,
    "aggregate_functions_null_for_empty": 1,
    "distributed_product_mode": "global",
}
# What is done when we are told that it is done; and whoever reports about days of all decades
# stops nobody from being copied.
WRITING = {
    "max_partitions_per_insert_block": 0,
    "insert_distributed_sync": 1,
    "async_insert": 0,
    "mutations_sync": 2,
    "allow_nondeterministic_mutations": 1,
}


# Libraries that tell standard error of each try, if nobody listens to them.
_CHATTER = ("clickhouse_connect", "urllib3")
_HTTP = re.compile(r"ConnectionPool\(|Max retries exceeded|Connection aborted")
_ERRNO = re.compile(r"\[Errno -?\d+\] ([^'\")\[\]]{1,100})")
_LATE = re.compile(r"((?:connect|read) timeout|timed out)", re.IGNORECASE)
_TLS = re.compile(r"SSL[A-Za-z]*\(.{0,200}?[\])}] ?([^'\")(]{1,100})")
_URL = re.compile(r" ?\(?(?:for url )?https?://[^\s)]*\)?")


class Link(Protocol):
    """A connection to a server."""

    def run(self, text: str) -> None:
        """Do something that has no answer."""

    def answer(self, query: sa.Select[Any]) -> list[Any]:
        """The rows of the answer, as named tuples."""

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Write rows to a table of some database (`default.daily_local`)."""

    def close(self) -> None:
        """Give the connection back."""


class Connect:
    """By clickhouse-connect: over HTTP, or chDB within the process."""

    def __init__(self, url: sa.URL) -> None:
        full = url.set(drivername="clickhousedb+connect")
        try:
            self._engine = sa.create_engine(full)
        except (ImportError, exc.NoSuchModuleError) as error:
            text = "ClickHouse needs a driver: pip install 'mailworthy[clickhouse]'"
            raise UsageError(text) from error
        self._driver_error: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        self._where = f"{url.host}:{url.port}" if url.port else str(url.host)
        for name in _CHATTER:
            logging.getLogger(name).addHandler(logging.NullHandler())

    def run(self, text: str) -> None:
        """Do something that has no answer."""
        with self._client() as client:
            client.command(text, settings=WRITING)

    def answer(self, query: sa.Select[Any]) -> list[Any]:
        """The rows of the answer, as named tuples."""
        options = {"settings": SETTINGS}
        with self._own_errors(), self._engine.connect() as connection:
            return list(connection.execute(query, execution_options=options).all())

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Write rows to a table of some database (`default.daily_local`)."""
        database, _, name = table.partition(".")
        with self._client() as client:
            client.insert(name, rows, columns, database=database, settings=WRITING)

    def close(self) -> None:
        """Give the connection back."""
        self._engine.dispose()

    @contextmanager
    def _client(self) -> Iterator[Any]:
        with self._own_errors(), self._engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            yield driver.client

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        try:
            yield
        except exc.DBAPIError as error:
            raise self._translated(error.orig) from error
        except self._driver_error as error:
            raise self._translated(error) from error

    def _translated(self, error: BaseException | None) -> StoreError:
        """One line: what the server says, or why there is none, without the workings of HTTP."""
        text = str(error)
        if not _HTTP.search(text):
            return translated(Exception(_URL.sub("", text)))
        why = _ERRNO.search(text) or _LATE.search(text) or _TLS.search(text)
        reason = f": {why[1].strip()}" if why else ""
        return StoreUnusable(f"no ClickHouse answers at {shown(self._where)}{reason}")
