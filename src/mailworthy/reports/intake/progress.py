"""What a mailbox holds that has been dealt with, kept in the store.

A report is stored once however often it is handed in, so none of this has to be exact. It saves
reading mail again that stays where it is, such as mail that is no report.
"""

from collections.abc import Collection

import sqlalchemy as sa

from mailworthy.store import Store, intake
from mailworthy.store.schema.reports import intake_state

_BATCH = 500


class Progress:
    """The names within `source` (file names, UIDs) that have been dealt with. Raises StoreError."""

    def __init__(self, store: Store, source: str) -> None:
        self._store = store
        self.source = source

    def done(self) -> set[str]:
        """All names."""
        row = intake_state.c
        query = sa.select(row.name).where(row.source == self.source)
        with self._store.reading() as connection:
            names = connection.execution_options(yield_per=_BATCH).execute(query)
            return set(names.scalars())

    def add(self, names: Collection[str], when: int) -> None:
        """Add names, in one transaction."""
        if names:
            intake.remember(self._store, self.source, dict.fromkeys(names, ""), now=when)

    def forget(self, names: Collection[str]) -> None:
        """Forget names that are gone from the mailbox."""
        every, row = list(names), intake_state.c
        for at in range(0, len(every), _BATCH):
            where = sa.and_(row.source == self.source, row.name.in_(every[at : at + _BATCH]))
            with self._store.writing() as connection:
                connection.execute(sa.delete(intake_state).where(where))
