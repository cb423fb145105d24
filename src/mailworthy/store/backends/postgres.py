"""PostgreSQL: for several hosts that import and show at once. The same tables and Selects."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

# The first number of our advisory locks, so that they meet nobody else's.
SCHEMA, DICTIONARIES, DOMAIN = 0x6D77_0001, 0x6D77_0002, 0x6D77_0003


class Postgres:
    """A store in a database that somebody runs already."""

    apart = True
    snapshot: Mapping[str, Any] = {
        "isolation_level": "REPEATABLE READ",
        "postgresql_readonly": True,
    }

    def __init__(self, url: sa.URL) -> None:
        # Positional parameters, as with SQLite, so that rows can be handed over as they are.
        self.engine = sa.create_engine(url, paramstyle="format", pool_pre_ping=True)

    def insert(self, table: sa.Table) -> postgresql.Insert:
        """An INSERT that knows ON CONFLICT."""
        return postgresql.insert(table)

    def lock_schema(self, connection: sa.Connection) -> None:
        """Keep others from opening or migrating until the transaction ends."""
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(SCHEMA, 0)))

    def lock_dictionaries(self, connection: sa.Connection, *, alone: bool = False) -> None:
        """Shared for those who import, exclusive for those who prune."""
        take = sa.func.pg_advisory_xact_lock if alone else sa.func.pg_advisory_xact_lock_shared
        connection.execute(sa.select(take(DICTIONARIES, 0)))

    def lock_domains(self, connection: sa.Connection, ids: Sequence[int]) -> None:
        """One lock a domain, in one order for all; two domains may share one, which costs time."""
        for number in sorted({id_ & 0x7FFF_FFFF for id_ in ids}):
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(DOMAIN, number)))

    def settle(self) -> None:
        """Nothing to do: the server forces every commit to its disc, unless it was told not to."""

    def tidy(self) -> None:
        """Nothing to do: the server has a daemon for that."""
