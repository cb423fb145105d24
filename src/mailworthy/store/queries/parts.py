"""Pieces that several Selects are made of."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from mailworthy.store.schema.dictionaries import addresses
from mailworthy.store.schema.rollups import COUNTS

KEYS = ("address_id", "trail_id", "proven")  # of a source


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


def named(few: sa.Subquery, *more: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Sources with their addresses instead of numbers, the largest first."""
    query = sa.select(
        addresses.c.name.label("address"), *(c for c in few.c if c.name != "address_id"), *more
    )
    joined = few.join(addresses, addresses.c.id == few.c.address_id)
    ordered = query.select_from(joined).order_by(few.c.proven.desc(), few.c.messages.desc())
    return ordered.order_by("address", few.c.trail_id)
