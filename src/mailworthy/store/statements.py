"""Statements compiled once and run with positional parameters: what hot paths cost is the database.

SQLAlchemy's own way costs more than SQLite needs for a row; the text that it compiles is the same.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Any

import sqlalchemy as sa

from mailworthy.store.backends.base import Backend, Insert


class Prepared:
    """One statement as the driver takes it; parameters are named for `run`, in order for rows.

    Raises the driver's own errors, which `Store.reading` and `Store.writing` translate.
    """

    def __init__(self, element: sa.sql.ClauseElement, engine: sa.Engine) -> None:
        compiled = element.compile(engine)
        self._sql = str(compiled)
        self._order: tuple[str, ...] = tuple(getattr(compiled, "positiontup", None) or ())
        self._defaults: Mapping[str, Any] = compiled.params

    def run(self, connection: sa.Connection, **values: Any) -> list[tuple[Any, ...]]:
        """Run it once; the rows that it gives, if any."""
        have = {**self._defaults, **values}
        return self._execute(connection, tuple([have[name] for name in self._order]))

    def number(self, connection: sa.Connection, row: tuple[Any, ...]) -> int:
        """Run it for one row, and return the number that the database gave it."""
        return int(self._execute(connection, row)[0][0])

    def many(self, connection: sa.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Run it for every row, whose values stand in the order of the table's columns."""
        if rows:
            with closing(_driver(connection).cursor()) as cursor:
                cursor.executemany(self._sql, rows)

    def _execute(self, connection: sa.Connection, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with closing(_driver(connection).cursor()) as cursor:
            cursor.execute(self._sql, values)
            return cursor.fetchall() if cursor.description else []


def _driver(connection: sa.Connection) -> Any:
    return connection.connection.dbapi_connection


class Statements:
    """The statements of one store, each compiled when it is first needed."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._made: dict[Any, Prepared] = {}

    def get(self, name: Any, make: Callable[[Backend], sa.sql.ClauseElement]) -> Prepared:
        """The statement called `name`, made by `make` the first time."""
        found = self._made.get(name)
        if found is None:
            found = self._made[name] = Prepared(make(self.backend), self.backend.engine)
        return found

    def insert(self, table: sa.Table, *, ignore: bool = False) -> Prepared:
        """An INSERT with a value for every column; with `ignore` what is there stays."""
        names = [column.name for column in table.columns]
        return self.get(("insert", table.name, ignore), lambda b: _insert(b, table, names, ignore))

    def enter(self, table: sa.Table) -> Prepared:
        """An INSERT without the first column, which the database numbers; what is there stays."""
        names = [column.name for column in table.columns][1:]
        return self.get(("enter", table.name), lambda b: _insert(b, table, names, True))

    def numbered(self, table: sa.Table) -> Prepared:
        """The same for use with `number`: the row must not be there yet."""
        names = [column.name for column in table.columns][1:]
        id_ = next(iter(table.columns))
        return self.get(
            ("numbered", table.name), lambda b: _insert(b, table, names, False).returning(id_)
        )


def _insert(backend: Backend, table: sa.Table, names: list[str], ignore: bool) -> Insert:
    # Plain types: values are handed over as the database keeps them.
    values = {name: sa.bindparam(name, type_=_plain(table.c[name])) for name in names}
    made = backend.insert(table).values(values)
    return made.on_conflict_do_nothing() if ignore else made


def _plain(column: sa.Column[Any]) -> Any:
    return column.type.impl if isinstance(column.type, sa.types.TypeDecorator) else column.type
