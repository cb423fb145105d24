"""One content with everything that is in it: at least once in, exactly once stored."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, BinaryIO

import sqlalchemy as sa

from mailworthy.reports.model import Report, Unreadable
from mailworthy.store.backends.base import Backend
from mailworthy.store.importer import problems, raws
from mailworthy.store.importer.change import erase, lock
from mailworthy.store.importer.problems import note
from mailworthy.store.importer.reader import reader
from mailworthy.store.importer.save import save
from mailworthy.store.model import Origin, Saved, Taken, Trust
from mailworthy.store.opened import Store
from mailworthy.store.schema import reports as tables

Read = Callable[[bytes | BinaryIO], Iterable[Report | Unreadable]]


def take(
    store: Store,
    raw: bytes | BinaryIO,
    read: Read,
    *,
    origin: Origin,
    trust: Trust,
    again: bool = False,
    kept: bytes | BinaryIO | None = None,
) -> Taken:
    """Store all that `read` finds in a content, and that it has been read to its end.

    Every report is a transaction of its own. Whoever is killed in between takes the content once
    more, and the store is as if it had been taken once. What this version has read to its end is
    not read again, unless with `again`: then reports that it no longer finds are removed.
    `kept` is kept in place of the content, by its name. Raises StoreError.
    """
    whole = raws.named(raw, kept)
    sha256 = whole.sha256
    known = None if again else trust_of(store, sha256)
    if known is not None and known.rank >= trust.rank:
        return Taken(sha256, known=True)
    with store.writing() as connection:
        raw_id = raws.keep(store, connection, whole, origin=origin, trust=trust)
        problems.forget(store, connection, raw_id)
    saved: list[Saved] = []
    noted = 0
    for item in read(raw):
        if isinstance(item, Report):
            saved.append(save(store, item, whole, origin=origin, trust=trust))
        else:
            note(store, item, whole, origin=origin, trust=trust)
            noted += 1
    _end(store, raw_id, trust, saved if again else None)
    return Taken(sha256, known=False, saved=tuple(saved), problems=noted)


def trust_of(store: Store, sha256: str) -> Trust | None:
    """How far a content is trusted; None if this version has not read it to its end."""
    with store.reading() as connection:
        found = store.statements.get("known", _known).run(connection, name=sha256)
    return next((Trust(old) for by, old in found if by == reader()), None)


def _known(_: Backend) -> sa.Select[Any]:
    row = tables.raws.c
    return sa.select(row.reader, row.trust).where(row.sha256 == sa.bindparam("name"))


def _end(store: Store, raw_id: int, trust: Trust, saved: Sequence[Saved] | None) -> None:
    """Mark a content as read; of those read again, remove reports that are no longer found."""
    with store.writing() as connection:
        if saved is not None:
            _remove_others(store, connection, raw_id, {each.id for each in saved})
        store.statements.get("end", _ending).run(
            connection, raw=raw_id, reader_=reader(), trust_=trust.value
        )


def _ending(_: Backend) -> sa.Update:
    values: dict[str, Any] = {"reader": sa.bindparam("reader_"), "trust": sa.bindparam("trust_")}
    return sa.update(tables.raws).where(tables.raws.c.id == sa.bindparam("raw")).values(values)


def _remove_others(store: Store, connection: sa.Connection, raw_id: int, found: set[int]) -> None:
    row = tables.reports.c
    query = sa.select(row.id).where(row.raw_id == raw_id, row.rows_kept == 1)
    for id_ in connection.execute(query).scalars().all():
        if id_ not in found:
            lock(store, connection, id_)
            erase(store, connection, id_)
