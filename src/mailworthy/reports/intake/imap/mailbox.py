"""A folder of a mailbox: what is new in it is taken, and marked when that is settled."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from typing import BinaryIO

import msgspec

from mailworthy.reports.envelope import Limits, letter, mime
from mailworthy.reports.intake.imap.address import Address
from mailworthy.reports.intake.imap.errors import Gone, Refused
from mailworthy.reports.intake.imap.session import Listed, Session
from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.model import Done, Incoming, Trouble, What
from mailworthy.reports.intake.progress import Progress
from mailworthy.reports.model import Fault, Place, Unreadable

_BATCH = 25  # mails for each that is forced to the disc and marked
_BEGIN = 1 << 16
STRIKES = 3


class Then(msgspec.Struct, frozen=True):
    """What is done with a report that is stored: moved to a folder, else marked as read."""

    move: str = ""


class Mailbox:
    """A folder on a server, over any number of connections.

    Reports are moved or marked after their commit. Other mail is read without a trace, once. A
    mail over which the connection broke again and again is passed over for as long as we run.
    """

    def __init__(
        self, address: Address, importer: Importer, *, then: Then | None = None, vouch: bool = False
    ) -> None:
        self.address = address
        self._importer = importer
        self._then = then or Then()
        self._vouched = f"the mailbox {address}" if vouch else ""
        self._strikes: Counter[int] = Counter()

    @property
    def strikes(self) -> int:
        """How often a connection broke over a mail; at most STRIKES times for each."""
        return self._strikes.total()

    def catch_up(self, session: Session, validity: int) -> Iterator[Done | Trouble]:
        """Take all that is new. Raises StoreError, Gone, Refused; then what was not marked is
        taken once more another time, and stored once all the same."""
        prefix = f"imap:{self.address};"
        progress = Progress(self._importer.store, f"{prefix}{validity}")
        there = session.uids()
        done = progress.done()
        progress.forget(done - {str(uid) for uid in there})
        waiting = [uid for uid in there if str(uid) not in done]
        waiting.sort(key=lambda uid: self._strikes[uid] > 0)  # first what has made no trouble
        for at in range(0, len(waiting), _BATCH):
            yield from self._batch(session, progress, waiting[at : at + _BATCH])

    def _batch(
        self, session: Session, progress: Progress, uids: list[int]
    ) -> Iterator[Done | Trouble]:
        """Store, settle, then mark: in this order nothing is lost, whenever we are killed."""
        outcomes: list[tuple[int, Done]] = []
        trouble: Trouble | None = None
        try:
            self._take_all(session, uids, outcomes)
            self._importer.settle()
            trouble = self._mark(session, [uid for uid, done in outcomes if done.ours])
        finally:
            yield from (done for _, done in outcomes)
        had = [uid for uid, done in outcomes if done.what is not What.FAILED]
        progress.add([str(uid) for uid in had], int(time.time()))
        if trouble is not None:
            yield trouble

    def _take_all(
        self, session: Session, uids: list[int], outcomes: list[tuple[int, Done]]
    ) -> None:
        listed = session.listed(sorted(uids))
        for uid in uids:
            if uid not in listed:
                continue  # somebody removed it in the meantime
            try:
                outcomes.append((uid, self._take(session, uid, listed[uid])))
            except Gone:
                self._strikes[uid] += 1
                raise

    def _mark(self, session: Session, uids: list[int]) -> Trouble | None:
        """Mark what is stored; that the server will not is no reason to read it once more."""
        try:
            if uids and self._then.move:
                session.move(sorted(uids), self._then.move)
            elif uids:
                session.flag(sorted(uids))
        except Refused as error:
            return Trouble(f"reports are stored, but cannot be marked: {error}")
        return None

    def _take(self, session: Session, uid: int, listed: Listed) -> Done:
        name = f"{self.address} UID {uid}"
        if self._strikes[uid] >= STRIKES:
            return self._given_up(name)
        came = self._incoming(name, listed)
        if listed.size > self._importer.limits.mail:
            return self._too_large(session, came, uid)
        try:
            raw = session.body(uid)
        except Refused as error:
            return Done(name, What.FAILED, reason=str(error))
        if raw is None:
            return Done(name, What.FAILED, reason="the server did not send it")
        with _closing(raw):
            return next(self._importer.take(msgspec.structs.replace(came, raw=raw)))

    def _incoming(self, name: str, listed: Listed) -> Incoming:
        now = int(time.time())
        received = now if listed.arrived is None else min(listed.arrived, now)
        origin = f"imap {self.address}"
        came = Incoming(b"", name, origin, received, self._vouched, mail=True)
        return msgspec.structs.replace(came, shared=True, delivered=True)

    def _too_large(self, session: Session, came: Incoming, uid: int) -> Done:
        """A problem if it says that it is a report, and else none of our business."""
        found = session.body(uid, _BEGIN) or b""
        with _closing(found):
            begin = found if isinstance(found, bytes) else found.read(_BEGIN)
        if not letter.claims_a_report(mime.split(begin, Limits())):
            return Done(came.name, What.OTHER)
        reason = f"more than {self._importer.limits.mail} octets"
        why = Unreadable(Place((came.name,)), Fault.TOO_LARGE, reason)
        return self._importer.refuse(came, why, begin)

    def _given_up(self, name: str) -> Done:
        reason = f"the connection broke {STRIKES} times while it was fetched"
        came = Incoming(b"", name, f"imap {self.address}", int(time.time()))
        self._importer.refuse(came, Unreadable(Place((name,)), Fault.DAMAGED, reason), b"")
        return Done(name, What.FAILED, reason=reason)


def _closing(raw: bytes | BinaryIO) -> AbstractContextManager[object]:
    return nullcontext() if isinstance(raw, bytes) else closing(raw)
