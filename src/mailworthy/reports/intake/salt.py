"""The salt of a store: hashes that stand for people cannot be guessed by who has another store."""

import secrets

import sqlalchemy as sa

from mailworthy.store import Store
from mailworthy.store.schema.reports import meta

_NAME = "salt"


def salt(store: Store) -> bytes:
    """The store's own salt, made when it is first wanted. Raises StoreError."""
    query = sa.select(meta.c.value).where(meta.c.name == _NAME)
    with store.reading() as connection:
        found = connection.execute(query).scalar()
    if found is None:
        with store.writing() as connection:
            row = {"name": _NAME, "value": secrets.token_hex(16)}
            connection.execute(store.backend.insert(meta).on_conflict_do_nothing(), [row])
            found = connection.execute(query).scalar_one()
    return bytes.fromhex(found)
