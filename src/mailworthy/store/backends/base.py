"""What a database has to bring along to hold a store."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert

Insert: TypeAlias = SqliteInsert | PostgresInsert


class Backend(Protocol):
    """One database, open.

    `apart` tells whether dictionary entries are written by a transaction of their own: where
    several may write at once, two that enter the same names in another order would wait for each
    other for ever.
    """

    engine: sa.Engine
    apart: bool
    # Execution options by which a connection sees one state for as long as it is used.
    snapshot: Mapping[str, Any]

    def insert(self, table: sa.Table) -> Insert:
        """An INSERT that knows ON CONFLICT."""

    def lock_schema(self, connection: sa.Connection) -> None:
        """Keep others from opening or migrating until the transaction ends."""

    def lock_dictionaries(self, connection: sa.Connection, *, alone: bool = False) -> None:
        """Keep entries from being pruned, or, `alone`, from being used, until the end."""

    def lock_domains(self, connection: sa.Connection, ids: Sequence[int]) -> None:
        """Keep others from booking reports of these domains until the transaction ends."""

    def settle(self) -> None:
        """Return when everything committed so far would survive a power cut."""

    def tidy(self) -> None:
        """Give room back after much was deleted, as far as that is cheap."""
