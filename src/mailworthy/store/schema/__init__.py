"""The tables of a store, the same for every database that SQLAlchemy's Core speaks to."""

from mailworthy.store.schema import dictionaries, reports, rollups, rows
from mailworthy.store.schema.base import REVISION, metadata

__all__ = ["REVISION", "dictionaries", "metadata", "reports", "rollups", "rows"]
