"""Copies of one report: which of them counts (RFC 9990 §3.5.4 leaves that to us)."""

from typing import Any

import msgspec
import sqlalchemy as sa

from mailworthy.store.backends.base import Backend
from mailworthy.store.model import Trust
from mailworthy.store.opened import Store
from mailworthy.store.schema.reports import reports


class Copy(msgspec.Struct, frozen=True):
    """One report among those with the same reporter, report id, window and domain."""

    identity: str
    raw_id: int
    spot: str
    partial: bool
    records: int
    proven: bool
    kept: bool = True  # its rows, without which it can't be taken out of the sums


def stored(store: Store, connection: sa.Connection, series: str) -> list[tuple[int, Trust, Copy]]:
    """The copies of a series that are in the store, with their numbers and trust."""
    found = store.statements.get("series", _in_series).run(connection, series_=series)
    return [
        (id_, Trust(trust), Copy(name, raw, spot, bool(partial), records, bool(proven), bool(kept)))
        for id_, trust, name, raw, spot, partial, records, proven, kept in found
    ]


def _in_series(_: Backend) -> sa.Select[Any]:
    row = reports.c
    partial = sa.case((sa.or_(row.omissions > 0, row.complete == 0), 1), else_=0)
    query = sa.select(
        row.id,
        row.trust,
        row.identity,
        row.raw_id,
        row.spot,
        partial,
        row.records,
        row.proven,
        row.rows_kept,
    )
    mine = row.series == sa.bindparam("series_")
    return query.where(mine, row.identity.is_not(None)).order_by(row.id)


def gives_way(old: Copy, new: Copy) -> bool:
    """Whether the old copy is to be removed since the new one tells more.

    Nobody who has not proven to be the reporter can displace a report of one who has.
    """
    if not old.kept:
        return False
    if (old.raw_id, old.spot) == (new.raw_id, new.spot):
        # The same octets, read by another version of ours.
        return old.identity != new.identity or old.partial != new.partial
    if old.proven and not new.proven:
        return False
    if old.identity == new.identity:
        # What a stranger brought first may differ in what the identity leaves out.
        return (new.proven and not old.proven) or (old.partial and not new.partial)
    return old.partial and (not new.partial or new.records > old.records)


def stands(old: Copy, new: Copy) -> bool:
    """Whether the old copy makes the new one needless; two whole ones that differ both count."""
    if old.identity == new.identity:
        return True
    if not old.kept and (old.raw_id, old.spot) == (new.raw_id, new.spot):
        return True
    return new.partial and (old.proven or not new.proven)
