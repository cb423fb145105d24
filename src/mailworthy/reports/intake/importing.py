"""The one way in: read, authenticate, store, and say what became of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import BinaryIO

import msgspec

from mailworthy.reports import facade, feedback
from mailworthy.reports.envelope.limits import Limits
from mailworthy.reports.envelope.mbox import mails
from mailworthy.reports.envelope.sniff import Shape, recognise
from mailworthy.reports.envelope.streams import Given, Reader
from mailworthy.reports.feedback import Redactor
from mailworthy.reports.intake.batches import Item, Piece
from mailworthy.reports.intake.judging import Judge, Seen, kept
from mailworthy.reports.intake.model import Done, Incoming, What
from mailworthy.reports.intake.privacy import hidden, without_people
from mailworthy.reports.intake.retrial import Retrials, Waiting
from mailworthy.reports.intake.salt import salt
from mailworthy.reports.model import Fault, Place, Report, Unreadable
from mailworthy.reports.trust import without_mail
from mailworthy.store import Outcome, Store, Taken, Trust
from mailworthy.store.importer import note, take, trust_of
from mailworthy.store.importer.raws import fingerprint
from mailworthy.store.model import Origin

_BARE = frozenset({Shape.XML, Shape.JSON})
NEW = frozenset({Outcome.STORED, Outcome.REPLACED})


class Importer:
    """Takes what comes into a store; may be used by several threads.

    What it has returned is committed; call `settle` before you delete, move or acknowledge
    anything, so that a power cut takes nothing of it back. `limits` bound what one thing may cost.
    """

    def __init__(
        self,
        store: Store,
        judge: Judge | None = None,
        *,
        limits: Limits | None = None,
        again: bool = False,
        keep_whole: bool = False,
    ) -> None:
        self.store = store
        self.limits = limits or Limits()
        self._judge = judge or Judge()
        self._again = again
        self._keep_whole = keep_whole
        self._salt = salt(store)
        self._retrials = Retrials(store)

    def take(self, came: Incoming, *, now: datetime | None = None) -> Iterator[Done]:
        """Take one thing; an mbox file gives an outcome for each of its mails.

        Raises StoreError, after which what was not returned is to be handed in again, and what
        the file raises. Nothing that is in it raises: what cannot be read becomes a problem that
        the store keeps with the reason.
        """
        when = now or datetime.now(UTC)
        for item in self.parts(came):
            yield item if isinstance(item, Done) else self.one(item, when)

    def parts(self, came: Incoming) -> Iterator[Item]:
        """What came as things to store: the mails of an mbox file, else itself.

        Raises what the file raises, and StoreError.
        """
        if came.mail:
            yield Piece(came, _without_from_line(came.raw), came.name)
        elif (shape := _shape(file := _file(came.raw))) is Shape.MBOX:
            yield from self._mbox(came, file)
        else:
            yield Piece(came, came.raw, came.name, bare=shape in _BARE)

    def judge_again(self, *, now: datetime | None = None) -> int:
        """Judge what could not be judged when it came, in the last days; how much is proven now.

        Does nothing where nobody may be asked. Raises StoreError.
        """
        when = now or datetime.now(UTC)
        waiting = self._retrials.waiting(when, self.limits.mail) if self._judge.asks else ()
        return sum(self._judged_again(each, when) for each in waiting)

    def _judged_again(self, each: Waiting, now: datetime) -> bool:
        arrived = datetime.fromtimestamp(each.received, UTC)
        seen = self._judge.look(each.raw, now=now, arrived=arrived, vouched="")
        if seen.trust is not None and seen.trust.temporary:
            return False
        if proven := kept(seen.trust).proven:
            came = Incoming(each.raw, each.sha256[:16], each.origin, each.received)
            self.store_one(Piece(came, each.raw, came.name), seen, now)
        self._retrials.end(each.sha256)
        return proven

    def settle(self) -> None:
        """Return when all that was taken would survive a power cut. Raises StoreError."""
        self.store.settle()

    def _mbox(self, came: Incoming, file: BinaryIO) -> Iterator[Item]:
        came = msgspec.structs.replace(came, delivered=False)
        for number, mail in enumerate(mails(Reader(Given(file)), self.limits.mail), 1):
            name = f"{came.name} > mail {number}"
            if mail is None:
                yield self._too_large(came, name)
            else:
                yield Piece(came, mail, name)

    def _too_large(self, came: Incoming, name: str) -> Done:
        reason = f"more than {self.limits.mail} octets"
        return self.refuse(came, Unreadable(Place((name,)), Fault.TOO_LARGE, reason), b"")

    def refuse(self, came: Incoming, why: Unreadable, begin: bytes) -> Done:
        """Keep a problem with something that is not read at all; `begin` is its beginning."""
        if begin and not self._keep_whole:
            begin = feedback.retold(begin, self._salt)
        note(self.store, why, begin, origin=_origin(came), trust=Trust.UNPROVEN)
        return Done(came.name, What.PROBLEM, problems=(why,))

    def one(self, piece: Piece, now: datetime) -> Done:
        """Take one thing alone. Raises as `take` does."""
        seen = self.look(piece, now)
        return seen if isinstance(seen, Done) else self.store_one(piece, seen, now)

    def look(self, piece: Piece, now: datetime) -> Seen | Done:
        """Find out who sent it, which may take time; Done where nothing is to be stored."""
        came, raw, name = piece.came, piece.raw, piece.name
        if not self._again and self._is_settled(raw, came.vouched):
            return Done(name, What.DUPLICATE)
        if piece.bare and not came.shared:
            return Seen(other=False, trust=without_mail(vouched=came.vouched))
        arrived = datetime.fromtimestamp(came.received, UTC)
        seen = self._judge.look(
            raw, now=now, arrived=arrived, vouched=came.vouched, delivered=came.delivered
        )
        if seen.other and came.shared:
            return Done(name, What.OTHER)
        return seen

    def store_one(self, piece: Piece, seen: Seen, now: datetime) -> Done:
        """Store what was looked at. Raises as `take` does."""
        came, raw, name = piece.came, piece.raw, piece.name
        problems: list[Unreadable] = []
        hide = seen.private and not self._keep_whole
        taken = take(
            self.store,
            raw,
            partial(self._read, name=name, now=now, problems=problems, hide=hide),
            kept=without_people(raw, self._salt, self.limits) if hide else None,
            origin=_origin(came, seen.sender),
            trust=kept(seen.trust),
            again=self._again,
        )
        # What is kept without people has lost what was signed.
        if seen.trust is not None and seen.trust.temporary and not hide:
            self._retrials.add(taken.sha256, came.received)
        trust = seen.trust if taken.known or taken.saved else None
        return Done(name, _what(taken), taken.saved, tuple(problems), trust)

    def _read(
        self,
        raw: bytes | BinaryIO,
        *,
        name: str,
        now: datetime,
        problems: list[Unreadable],
        hide: bool,
    ) -> Iterator[Report | Unreadable]:
        for item in facade.read(raw, filename=name, now=now, limits=self.limits, salt=self._salt):
            told = self._hidden(item) if hide else item
            if isinstance(told, Unreadable):
                problems.append(told)
            yield told
            if isinstance(item, Report):
                item.close()  # of what had been here before, nobody has taken the records

    def _hidden(self, item: Report | Unreadable) -> Report | Unreadable:
        """The same where no name of a file is told that others gave."""
        place = hidden(item.place, Redactor(self._salt))
        if isinstance(item, Unreadable):
            return msgspec.structs.replace(item, place=place)
        item.place = place
        return item

    def _is_settled(self, raw: bytes | BinaryIO, vouched: str) -> bool:
        """Whether it has been read by this version, and another look could not prove more."""
        sha256, _ = fingerprint(raw)
        trust = trust_of(self.store, sha256)
        return trust is not None and (trust.proven or not self._judge.can_prove(vouched))


def _what(taken: Taken) -> What:
    if any(each.outcome in NEW for each in taken.saved):
        partly = taken.problems or any(each.partial for each in taken.saved)
        return What.PARTIAL if partly else What.STORED
    if taken.problems and not taken.saved:
        return What.PROBLEM
    return What.DUPLICATE


def _origin(came: Incoming, sender: str = "") -> Origin:
    return Origin(came.origin, came.received, sender)


def _file(raw: bytes | BinaryIO) -> BinaryIO:
    return BytesIO(raw) if isinstance(raw, bytes) else raw


def _without_from_line(raw: bytes | BinaryIO) -> bytes | BinaryIO:
    """A mail without the line that mbox files and Postfix's pipes put above it (local(8))."""
    if isinstance(raw, bytes):
        return raw.partition(b"\n")[2] if raw.startswith(b"From ") else raw
    stood = raw.tell()
    begins = raw.read(5) == b"From "
    raw.seek(stood)
    return _without_from_line(raw.read()) if begins else raw


def _shape(file: BinaryIO) -> Shape:
    stood = file.tell()
    try:
        return recognise(Reader(Given(file)).peek(1)).shape
    finally:
        file.seek(stood)
