"""Pieces that several Selects are made of."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from mailworthy.store.schema.rollups import COUNTS


def sums(table: sa.FromClause, names: Iterable[str] = COUNTS) -> list[sa.ColumnElement[int]]:
    """The sums of counts under their own names, as whole numbers of 64 bits."""
    return list(_sums(table, tuple(names)))


@lru_cache(maxsize=64)
def _sums(table: sa.FromClause, names: tuple[str, ...]) -> tuple[sa.ColumnElement[int], ...]:
    """Making them costs as much as asking a small question; they are the same for every one."""
    return tuple(total(table.c[name]).label(name) for name in names)


def total(column: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """A sum; PostgreSQL makes a decimal number of it otherwise."""
    return sa.cast(sa.func.coalesce(sa.func.sum(column), 0), sa.BigInteger)


def first(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[Any]:
    """The least value, of the column's own type."""
    return sa.type_coerce(sa.func.min(column), column.type).label(name)


def last(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[Any]:
    """The greatest value, of the column's own type."""
    return sa.type_coerce(sa.func.max(column), column.type).label(name)
