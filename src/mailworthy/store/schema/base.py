"""What all tables share: one MetaData, the types, and how their constraints are called."""

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

REVISION = "0002"

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

EPOCH = date(1970, 1, 1).toordinal()

# SQLite numbers rows by itself only for the type INTEGER, which is of 64 bits there.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Day(TypeDecorator[date]):
    """A day of UTC, kept as the number of days since 1970: small, and alike everywhere."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: sa.Dialect) -> int | None:
        """From a date to what is kept."""
        return None if value is None else value.toordinal() - EPOCH

    def process_result_value(self, value: Any | None, dialect: sa.Dialect) -> date | None:
        """From what is kept to a date."""
        return None if value is None else date.fromordinal(int(value) + EPOCH)


def key(name: str = "id") -> sa.Column[int]:
    """A column that numbers rows."""
    return sa.Column(name, Id, primary_key=True)


def ref(name: str, target: str, *, null: bool = False) -> sa.Column[int]:
    """A column that names a row of another table, which has to be there."""
    return sa.Column(name, Id, sa.ForeignKey(target), nullable=null)


def part(name: str, type_: Any) -> sa.Column[Any]:
    """A column of a primary key that consists of several; never numbered by the database."""
    return sa.Column(name, type_, primary_key=True, autoincrement=False)


def part_ref(name: str, target: str) -> sa.Column[int]:
    """The same, naming a row of another table."""
    return sa.Column(name, Id, sa.ForeignKey(target), primary_key=True, autoincrement=False)


def text(name: str, *, null: bool = False) -> sa.Column[str]:
    """A column of text, empty where nothing was said."""
    return sa.Column(name, sa.Text, nullable=null)


def number(name: str, *, null: bool = False) -> sa.Column[int]:
    """A column of whole numbers up to 64 bits."""
    return sa.Column(name, sa.BigInteger, nullable=null)


def flag(name: str) -> sa.Column[int]:
    """A column that is 0 or 1; a number, so that it can be summed and compared everywhere."""
    return sa.Column(name, sa.SmallInteger, nullable=False)


def day(name: str) -> sa.Column[date]:
    """A column with a day."""
    return sa.Column(name, Day, nullable=False)


def clustered(name: str, *columns: Any) -> sa.Table:
    """A table that lies in the order of its primary key, where the database can do that."""
    return sa.Table(name, metadata, *columns, sqlite_with_rowid=False)
