"""Where each intake stands, kept beside what it brought."""

import sqlalchemy as sa

from mailworthy.store.opened import Store
from mailworthy.store.schema.reports import intake_state


def remember(store: Store, source: str, values: dict[str, str], *, now: int) -> None:
    """Keep words about a source, such as the UIDVALIDITY of a mailbox and the last UID.

    Words with the same names are replaced, others stay. Raises StoreError.
    """
    with store.writing() as connection:
        for name, value in sorted(values.items()):
            insert = store.backend.insert(intake_state).values(
                source=source, name=name, value=value, changed=now
            )
            connection.execute(
                insert.on_conflict_do_update(
                    index_elements=["source", "name"], set_={"value": value, "changed": now}
                )
            )


def recall(store: Store, source: str) -> dict[str, str]:
    """What was kept about a source; empty for one that is new. Raises StoreError."""
    row = intake_state.c
    query = sa.select(row.name, row.value).where(row.source == source).order_by(row.name)
    return dict(map(tuple, store.rows(query)))


def forget(store: Store, source: str) -> None:
    """Forget a source. Raises StoreError."""
    with store.writing() as connection:
        connection.execute(sa.delete(intake_state).where(intake_state.c.source == source))
