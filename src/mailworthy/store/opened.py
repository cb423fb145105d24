"""A store that is open: connections to read and to write, and what hot paths keep between calls."""

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from mailworthy.errors import UsageError
from mailworthy.store.backends.base import Backend
from mailworthy.store.backends.postgres import Postgres
from mailworthy.store.backends.sqlite import WRITE, Sqlite
from mailworthy.store.dictionary import Dictionaries
from mailworthy.store.errors import is_busy, translated
from mailworthy.store.migrate import upgrade
from mailworthy.store.statements import Statements

TRIES = 8
FILE = "mailworthy.db"


class Store:
    """An open store; may be used by several threads, and the database by several processes.

    Those who write by one object take turns; whoever wants to write to PostgreSQL in parallel
    opens several. Whatever a driver raises within `reading` and `writing` comes out as a
    StoreError. A store is not taken along into a forked process: open it there.
    """

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.statements = Statements(backend)
        self.dictionaries = Dictionaries(backend, self.statements)
        self._turn = threading.Lock()
        self._joined = threading.local()
        self._driver_error: type[Exception] = backend.engine.dialect.loaded_dbapi.Error
        with self._own_errors():
            upgrade(backend)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the store for as long as it is used."""
        joined = self._together()
        if joined is not None:
            with self._own_errors():
                yield joined
            return
        with self._own_errors(), self.backend.engine.connect() as connection:
            yield connection.execution_options(**self.backend.snapshot)

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction: committed at the end, undone if anything is raised.

        Raises StoreBusy where others keep the lock, StoreFull where there is no room.
        """
        joined = self._together()
        if joined is not None:
            with self._own_errors():
                yield joined
            return
        with (
            self._own_errors(),
            self._turn,
            _begun(self.backend.engine) as connection,
            self.dictionaries.transaction(connection),
        ):
            yield connection
            connection.commit()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one transaction of all that this thread reads and writes within.

        If anything is raised, nothing of it is stored. Only where one writes at a time anyway:
        elsewhere each stays for itself, since two that book many domains in another order would
        wait for each other for ever. Raises what `writing` raises.
        """
        if self.backend.apart or self._together() is not None:
            yield
            return
        with self.writing() as connection:
            self._joined.connection = connection
            try:
                yield
            finally:
                self._joined.connection = None

    def _together(self) -> sa.Connection | None:
        """The connection of a transaction that this thread is within."""
        return getattr(self._joined, "connection", None)

    def rows(self, query: sa.Select[Any]) -> list[Any]:
        """The whole answer to one of mailworthy.store.queries, as named tuples."""
        with self.reading() as connection:
            return list(connection.execute(query).all())

    def settle(self) -> None:
        """Return when everything that was committed would survive a power cut.

        Intake calls it before it marks, moves or deletes what it has imported.
        """
        with self._own_errors():
            self.backend.settle()

    def tidy(self) -> None:
        """Give room back after much was deleted, as far as that is cheap."""
        with self._own_errors():
            self.backend.tidy()

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        """Errors of the driver, whoever called it, as errors of ours."""
        try:
            yield
        except exc.DBAPIError as error:
            raise translated(error.orig, self.backend.engine.url.database) from error
        except self._driver_error as error:
            raise translated(error, self.backend.engine.url.database) from error

    def close(self) -> None:
        """Give all connections back."""
        self.backend.engine.dispose()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open(where: str | os.PathLike[str] | None = None) -> Store:
    """Open a store, made or migrated first where that is needed.

    `where` is the path of a SQLite file, a folder that holds `mailworthy.db`, or a URL
    (`sqlite:///path`, `postgresql://user@host/database`); without it the user's own store.
    Raises UsageError for other URLs, StoreError where the store cannot be used.
    """
    return Store(_backend(default_path() if where is None else where))


def default_path() -> Path:
    """The store of this user, after the XDG base directory specification."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "mailworthy" / FILE


def _backend(where: str | os.PathLike[str]) -> Backend:
    text = os.fspath(where)
    if "://" not in text:
        path = Path(text)
        return Sqlite(path / FILE if path.is_dir() else path)
    try:
        url = sa.make_url(text)
    except (exc.ArgumentError, ValueError) as error:  # its text may have a password
        raise UsageError("not the URL of a store") from error
    if url.get_backend_name() == "sqlite" and url.database:
        return Sqlite(Path(url.database))
    if url.get_backend_name() in ("postgresql", "postgres"):
        return _postgres(url.set(drivername="postgresql+psycopg"))
    raise UsageError(f"no store of the kind {url.drivername}: use sqlite or postgresql")


def _postgres(url: sa.URL) -> Postgres:
    try:
        return Postgres(url)
    except ImportError as error:
        raise UsageError("PostgreSQL needs a driver: pip install 'mailworthy[postgres]'") from error


@contextmanager
def _begun(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection whose transaction may write; waits for its turn, but not for ever."""
    with engine.connect().execution_options(**{WRITE: True}) as connection:
        for attempt in range(TRIES):
            try:
                connection.begin()
                break
            except exc.DBAPIError as error:
                connection.rollback()
                if not is_busy(error.orig) or attempt == TRIES - 1:
                    raise
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)
        yield connection
