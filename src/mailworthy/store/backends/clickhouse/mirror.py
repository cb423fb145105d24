"""A copy of a store that is open."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.sql import visitors

from mailworthy.errors import UsageError
from mailworthy.store.backends.clickhouse.feed import Fed, feed
from mailworthy.store.backends.clickhouse.layout import Layout
from mailworthy.store.backends.clickhouse.link import Connect, Link
from mailworthy.store.backends.clickhouse.tables import ANSWERED
from mailworthy.store.opened import Store
from mailworthy.store.schema.views import complaints


class Mirror:
    """A copy of a store in ClickHouse; use `open`.

    One process at a time feeds it; any number may ask.
    """

    def __init__(self, link: Link, layout: Layout) -> None:
        self.link = link
        self.layout = layout

    def create(self) -> None:
        """Make the tables that are not there, and last of all `complaints`. Raises StoreError."""
        for text in (*self.layout.tables(), *self.layout.views()):
            self.link.run(text)

    @property
    def exists(self) -> bool:
        """Whether the last of the tables is there. Raises StoreError."""
        names = sa.table("tables", sa.column("database"), sa.column("name"), schema="system").c
        mine = sa.and_(names.database == self.layout.database, names.name == complaints.name)
        return bool(self.link.answer(sa.select(names.name).where(mine)))

    def feed(self, ledger: Store) -> Fed:
        """Copy all days of a store that have changed since they were copied.

        A day is seen in full as it was, or in full as it is; whoever is killed in between starts
        again. Raises StoreError, and UsageError for a copy of another store.
        """
        return feed(self.link, self.layout, ledger)

    def tidy(self) -> None:
        """Remove what newer feeds have replaced; not while somebody feeds. Raises StoreError."""
        for text in self.layout.tidying():
            self.link.run(text)

    def rows(self, query: sa.Select[Any]) -> list[Any]:
        """The whole answer to one of mailworthy.store.queries, as named tuples.

        Raises StoreError, and UsageError for what only the store itself knows.
        """
        asked = (each for each in visitors.iterate(query) if isinstance(each, sa.TableClause))
        if missing := {table.name for table in asked} - ANSWERED:
            raise UsageError(f"ask the store itself about {', '.join(sorted(missing))}")
        return self.link.answer(query)

    def close(self) -> None:
        """Give the connection back."""
        self.link.close()

    def __enter__(self) -> "Mirror":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open(url: str, *, cluster: str = "", replicated: bool = False) -> Mirror:
    """Open a copy, made first where that is needed.

    `url` is `clickhouse://user:password@host:8123/database`, with `?secure=true` for TLS; the
    database has to be there. For `cluster` and `replicated` see Layout. Raises UsageError for
    other URLs, StoreError where ClickHouse cannot be used.
    """
    try:
        parts = sa.make_url(url)
    except (exc.ArgumentError, ValueError) as error:  # its text may have a password
        raise UsageError("not the URL of a ClickHouse") from error
    if parts.drivername not in ("clickhouse", "clickhousedb", "clickhousedb+connect"):
        raise UsageError(f"not the URL of a ClickHouse: {parts.render_as_string()}")
    layout = Layout(parts.database or "default", cluster, replicated=replicated)
    mirror = Mirror(Connect(parts), layout)
    if not mirror.exists:
        mirror.create()
    return mirror
