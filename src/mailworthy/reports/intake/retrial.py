"""Mails whose senders could not be found out when they came, because a name server was away."""

from collections.abc import Iterator
from datetime import datetime

import msgspec
import sqlalchemy as sa

from mailworthy.reports.intake.progress import Progress
from mailworthy.store import Store, StoreError
from mailworthy.store.importer import load
from mailworthy.store.schema.reports import raws

LONGEST = 7 * 86400  # seconds; keys may be gone after that (RFC 6376 §3.6.1)
_SOURCE = "unjudged"


class Waiting(msgspec.Struct, frozen=True):
    """A content that may be proven yet."""

    sha256: str
    raw: bytes
    origin: str
    received: int


class Retrials:
    """The contents of a store that are to be judged once more. Raises StoreError."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._progress = Progress(store, _SOURCE)

    def add(self, sha256: str, when: int) -> None:
        """Judge this one again, later."""
        self._progress.add([sha256], when)

    def end(self, sha256: str) -> None:
        """Judge this one no more."""
        self._progress.forget([sha256])

    def waiting(self, now: datetime, most: int) -> Iterator[Waiting]:
        """All that wait, of at most so many octets each; what waited too long waits no more."""
        for sha256 in sorted(self._progress.done()):
            found = self._found(sha256, int(now.timestamp()) - LONGEST, most)
            if found is None:
                self.end(sha256)
            else:
                yield found

    def _found(self, sha256: str, since: int, most: int) -> Waiting | None:
        row = raws.c
        query = sa.select(row.origin, row.received, row.octets).where(row.sha256 == sha256)
        with self._store.reading() as connection:
            about = connection.execute(query).one_or_none()
        if about is None or about.received < since or about.octets > most:
            return None
        try:
            raw = b"".join(load(self._store, sha256))
        except StoreError:
            return None  # it is kept no longer
        return Waiting(sha256, raw, about.origin, about.received)
