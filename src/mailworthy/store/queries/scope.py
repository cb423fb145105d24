"""Which part of the store a question is about."""

from datetime import date
from typing import Any

import msgspec
import sqlalchemy as sa

from mailworthy.store.schema.dictionaries import domains


class Scope(msgspec.Struct, frozen=True):
    """Domains (all, if there are none), days from `since` to `until`, both included.

    `proven` is True for reports that are proven to be their reporters', False for the others,
    None for both. Gates ask with True.
    """

    domains: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    proven: bool | None = None

    def conditions(self, table: sa.FromClause) -> list[sa.ColumnElement[bool]]:
        """For a table with the columns domain_id, day and proven."""
        column = table.c
        wanted = self.times(table)
        if self.domains:
            wanted.insert(0, self.whose(column.domain_id))
        return wanted

    def whose(self, column: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        """That a number is one of the domains'; of one domain an index gives the order too."""
        if len(self.domains) == 1:
            return column == self.domain_ids().scalar_subquery()
        return column.in_(self.domain_ids())

    def named(self, view: sa.FromClause) -> list[sa.ColumnElement[bool]]:
        """For a view with the columns domain, day and proven."""
        wanted = self.times(view)
        if self.domains:
            wanted.insert(0, view.c.domain.in_(self.domains))
        return wanted

    def times(self, table: sa.FromClause) -> list[sa.ColumnElement[bool]]:
        """The conditions apart from the domains."""
        wanted: list[sa.ColumnElement[bool]] = []
        if self.since is not None:
            wanted.append(table.c.day >= self.since)
        if self.until is not None:
            wanted.append(table.c.day <= self.until)
        if self.proven is not None:
            wanted.append(table.c.proven == int(self.proven))
        return wanted

    def domain_ids(self) -> sa.Select[Any]:
        """The numbers of the domains."""
        return sa.select(domains.c.id).where(domains.c.name.in_(self.domains))


EVERYTHING = Scope()
