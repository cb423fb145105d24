"""How migrations write down tables: as they were when they were written, whatever comes later."""

from typing import Any

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT, BIG, INT, SMALL, BLOB = sa.Text, sa.BigInteger, sa.Integer, sa.SmallInteger, sa.LargeBinary
Parts = tuple[Any, ...]


def table(name: str, keys: tuple[str, ...], *columns: Parts, rowid: bool = True) -> None:
    """Create a table with a primary key; `rowid` False keeps it in the order of that key."""
    made = [_column(name, keys, *column) for column in columns]
    constraints = [part for _, parts in made for part in parts]
    primary = sa.PrimaryKeyConstraint(*keys, name=f"pk_{name}")
    options = {} if rowid else {"sqlite_with_rowid": False}
    op.create_table(name, *(column for column, _ in made), primary, *constraints, **options)


def texts(*names: str) -> list[Parts]:
    """Columns of text, none of which may be NULL."""
    return [(name, TEXT) for name in names]


def bigs(*names: str) -> list[Parts]:
    """The same for whole numbers of 64 bits."""
    return [(name, BIG) for name in names]


def ref(name: str, target: str) -> Parts:
    """A column that names a row of another table."""
    return (name, ID, target)


def index(name: str, columns: list[str], called: str = "") -> None:
    """Create an index, called after the table and its columns unless that would be too long."""
    op.create_index(f"ix_{name}_{called or '_'.join(columns)}", name, columns)


def _column(
    name: str, keys: tuple[str, ...], column: str, type_: Any, *more: str
) -> tuple[sa.Column[Any], list[sa.Constraint]]:
    """A column, and the constraints on it: `null`, `unique`, or a table that it refers to."""
    constraints: list[sa.Constraint] = []
    for word in more:
        if word == "unique":
            constraints.append(sa.UniqueConstraint(column, name=f"uq_{name}_{column}"))
        elif word != "null":
            target = [f"{word}.id"]
            constraints.append(sa.ForeignKeyConstraint([column], target, f"fk_{name}_{column}"))
    numbered = keys == (column,) and column == "id"
    made: sa.Column[Any] = sa.Column(
        column, type_, nullable="null" in more, autoincrement=numbered or "auto"
    )
    if len(keys) > 1 and column in keys:
        made.autoincrement = False
    return made, constraints
