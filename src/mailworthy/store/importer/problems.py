"""What could not be read, and what was left out of reports, kept with the reason."""

from collections.abc import Iterable
from hashlib import sha256

import msgspec
import sqlalchemy as sa

from mailworthy.reports.model import Omission, Unreadable
from mailworthy.reports.shown import shown
from mailworthy.store.backends.base import Backend
from mailworthy.store.importer import raws
from mailworthy.store.model import Origin, Trust
from mailworthy.store.opened import Store
from mailworthy.store.schema.reports import problems

TEXT = 255
LONG = 1000
OMISSION = "omission"


def note(
    store: Store, unreadable: Unreadable, raw: raws.Raw, *, origin: Origin, trust: Trust
) -> int:
    """Keep the reason why a content (or a part of it) could not be read; its number.

    The content is kept as well, so that a better reader can try again. Noted twice it is one.
    """
    with store.writing() as connection:
        raw_id = raws.keep(store, connection, raw, origin=origin, trust=trust)
        path = path_text(unreadable.place.path)
        spot = path_text(unreadable.place.path[1:])
        name = _name("unreadable", str(raw_id), spot, unreadable.fault.value)
        reason = shown(unreadable.reason, LONG)
        row = (name, raw_id, None, path, unreadable.fault.value, "", reason, "")
        store.statements.enter(problems).many(connection, [(*row, origin.received, origin.name)])
        query = sa.select(problems.c.id).where(problems.c.identity == name)
        return int(connection.execute(query).scalar_one())


class Coming(msgspec.Struct, frozen=True):
    """How something came: in which content, where in it, from where, and how sure that is."""

    raw_id: int
    path: str
    spot: str
    origin: Origin
    trust: Trust


def omitted(
    store: Store,
    connection: sa.Connection,
    report: int,
    omissions: Iterable[Omission],
    came: Coming,
) -> None:
    """Keep what was left out of a report."""
    rows = [
        (
            _name("omission", str(report), str(at)),
            came.raw_id,
            report,
            came.path,
            OMISSION,
            shown(omission.where, TEXT),
            shown(omission.reason, LONG),
            shown(omission.excerpt, TEXT),
            came.origin.received,
            came.origin.name,
        )
        for at, omission in enumerate(omissions)
    ]
    store.statements.enter(problems).many(connection, rows)


def forget(store: Store, connection: sa.Connection, raw_id: int) -> None:
    """Forget why a content could not be read: it is about to be read again."""
    store.statements.get("forget", _forgetting).run(connection, raw=raw_id)


def _forgetting(_: Backend) -> sa.Delete:
    mine = sa.and_(problems.c.raw_id == sa.bindparam("raw"), problems.c.report_id.is_(None))
    return sa.delete(problems).where(mine)


def path_text(path: tuple[str, ...]) -> str:
    """The containers of a content on one line, from the outside inwards."""
    return shown(" > ".join(shown(each, TEXT) for each in path[-20:]), LONG)


def _name(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()
