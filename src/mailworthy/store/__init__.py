"""The store: what was reported, in SQLite by default, in PostgreSQL by a URL.

from mailworthy import store
from mailworthy.store import importer, queries

with store.open() as mine:
    importer.take(mine, raw, reports.read, origin=origin, trust=Trust.UNPROVEN)
    for row in mine.rows(queries.overview(scope)):
        print(row.day, row.messages)
"""

from mailworthy.store.errors import StoreBusy, StoreError, StoreFull, StoreUnusable
from mailworthy.store.model import Origin, Outcome, Saved, Taken, Trust
from mailworthy.store.opened import Store, default_path, open

__all__ = [
    "Origin",
    "Outcome",
    "Saved",
    "Store",
    "StoreBusy",
    "StoreError",
    "StoreFull",
    "StoreUnusable",
    "Taken",
    "Trust",
    "default_path",
    "open",
]
