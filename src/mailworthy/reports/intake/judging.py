"""Who sent what came in: one trust for all of it, found before anything is stored."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import BinaryIO

import msgspec

from mailworthy.lookup.drive import Resolver, drive
from mailworthy.lookup.memory import Memory
from mailworthy.reports import trust as trusts
from mailworthy.reports.claims import claims
from mailworthy.reports.envelope import Content, Form, Limits, letter, mime
from mailworthy.reports.envelope import open as open_envelope
from mailworthy.reports.facade import one
from mailworthy.reports.intake.privacy import is_file, is_private
from mailworthy.reports.model import Fault, Kind, Report, Unreadable
from mailworthy.reports.trust import By, Trust, Word
from mailworthy.store import Trust as Kept

# Contents that are whole mails, and say what they are; and faults that only reports have.
_MAILS = frozenset({Form.FEEDBACK, Form.PROSE})
_REPORTS = frozenset({Fault.MISSING, Fault.NONSENSE})
# Each may cost look-ups, and who wrote the mail chose how many there are.
MOST = 20


class Seen(msgspec.Struct, frozen=True):
    """What a first look at something tells.

    `other` says that it is neither a report nor claims to be one. `trust` is that of the report
    that is trusted least, None where there is none. `sender` is the author domain of the mail that
    brought every report, empty where it is not one and the same. `private` says that people are in
    it, as in every report about one message and in every mail that brings none.
    """

    other: bool
    trust: Trust | None
    sender: str = ""
    private: bool = False


class _Claim(msgspec.Struct, frozen=True):
    mail: tuple[int, int] | None
    kind: Kind
    claimed: tuple[str, ...]


class _How(msgspec.Struct, frozen=True):
    """What is known of everything in one content."""

    arrived: datetime
    vouched: str
    own_ids: tuple[str, ...]


class _Sight:
    """What was seen: the least trust, who sent, the faults, and whether one was of a report for
    certain."""

    def __init__(self) -> None:
        self.least: Trust | None = None
        self.senders: set[str] = set()
        self.faults: set[Fault] = set()
        self.ours = False
        self.private = False

    def add(self, trust: Trust) -> None:
        """One report more."""
        self.senders.add(trust.domain)
        if self.least is None or _rank(trust) < _rank(self.least):
            self.least = trust

    @property
    def sender(self) -> str:
        """Who sent all of them."""
        return next(iter(self.senders)) if len(self.senders) == 1 else ""


class Judge:
    """Finds out whether reports come from whom they name.

    `own_ids` are the authserv-ids of our own server, which must remove forged ones (RFC 8601 §5).
    Without a resolver nothing is looked up: then only the word of our own server counts, as far
    as that can be known, and that nothing was learned is final. `deadline` is the seconds that one
    mail may take.
    """

    def __init__(
        self,
        resolver: Resolver | None = None,
        *,
        own_ids: Collection[str] = (),
        deadline: float = 10.0,
    ) -> None:
        self.asks = resolver is not None
        self._resolver = Memory.from_zone("") if resolver is None else resolver
        self._own_ids = tuple(own_ids)
        self._deadline = deadline

    def can_prove(self, vouched: str) -> bool:
        """Whether anything that comes might be more than unproven."""
        return self.asks or bool(self._own_ids) or bool(vouched)

    def look(
        self,
        raw: bytes | BinaryIO,
        *,
        now: datetime,
        arrived: datetime,
        vouched: str,
        delivered: bool = False,
    ) -> Seen:
        """Look at everything in `raw`, which is left where it stood.

        `delivered` says that our own server put it there; its ids count for nothing otherwise.
        Raises what the file raises; nothing that it says raises.
        """
        stood = 0 if isinstance(raw, bytes) else raw.tell()
        try:
            how = _How(arrived, vouched, self._own_ids if delivered else ())
            sight = self._look(open_envelope(raw), now, how)
            other = _is_other(sight, raw, stood)
            private = sight.private or _is_letter(sight, raw, stood)
            return Seen(other, sight.least, sight.sender, private)
        finally:
            if not isinstance(raw, bytes):
                raw.seek(stood)

    def _look(self, found: Iterator[Content | Unreadable], now: datetime, how: _How) -> _Sight:
        sight = _Sight()
        judged: dict[_Claim, Trust] = {}
        for item in found:
            sight.private = sight.private or is_private(item)
            report = item if isinstance(item, Unreadable) else one(item, now=now)
            if isinstance(report, Unreadable):
                sight.faults.add(report.fault)
                told = isinstance(item, Content) and item.form in _MAILS
                sight.ours = sight.ours or (told and report.fault is not Fault.NO_REPORT)
            elif isinstance(item, Content):
                sight.add(self._judge(item, report, how, judged))
            if isinstance(report, Report):
                report.close()
        return sight

    def _judge(
        self,
        item: Content,
        report: Report,
        how: _How,
        judged: dict[_Claim, Trust],
    ) -> Trust:
        if item.mail is None:
            return trusts.without_mail(vouched=how.vouched)
        claimed = claims(report.head)
        claim = _Claim((item.mail.start, item.mail.end), report.head.kind, claimed)
        if claim not in judged:
            if len(judged) >= MOST:
                return _too_many()
            engine = trusts.check(
                item.mail,
                now=how.arrived,
                kind=report.head.kind,
                own_ids=how.own_ids,
                claimed=claimed,
                vouched=how.vouched,
            )
            trust = drive(engine, self._resolver, deadline=self._deadline)
            temporary = trust.temporary and self.asks
            judged[claim] = msgspec.structs.replace(trust, temporary=temporary)
        return judged[claim]


def kept(trust: Trust | None) -> Kept:
    """A trust in the store's words."""
    if trust is None or trust.word is Word.UNPROVEN:
        return Kept.UNPROVEN
    if trust.word is Word.VOUCHED:
        return Kept.VOUCHED
    return Kept.RESULTS if trust.by is By.OWN_SERVER else Kept.VERIFIED


def _is_other(sight: _Sight, raw: bytes | BinaryIO, start: int) -> bool:
    """Whether no report was seen, nor anything that was meant to be one: an invoice is XML too."""
    if sight.least is not None or sight.ours or sight.faults & _REPORTS:
        return False
    return sight.faults == {Fault.NO_REPORT} or not _claims_a_report(raw, start)


def _is_letter(sight: _Sight, raw: bytes | BinaryIO, start: int) -> bool:
    """Whether a mail without a report was seen, and not one that means to bring a file with one."""
    if Fault.NO_REPORT not in sight.faults:
        return False
    found = _split(raw, start)
    return not (letter.claims_a_report(found) and any(map(is_file, found.parts)))


def _claims_a_report(raw: bytes | BinaryIO, start: int) -> bool:
    return letter.claims_a_report(_split(raw, start))


def _split(raw: bytes | BinaryIO, start: int) -> mime.Split:
    limits = Limits()
    if not isinstance(raw, bytes):
        raw.seek(start)
        raw = raw.read(limits.mail)
    return mime.split(raw, limits)


def _rank(trust: Trust) -> int:
    return kept(trust).rank


def _too_many() -> Trust:
    reason = f"more than {MOST} reporters are in one mail, so that they were not asked about"
    return Trust(Word.UNPROVEN, By.NOTHING, reason, "RFC 9990 §8")
