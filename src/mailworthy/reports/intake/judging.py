"""Who sent what came in: one trust for all of it, found before anything is stored."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import BinaryIO

import msgspec

from mailworthy.lookup.drive import Resolver, drive
from mailworthy.lookup.memory import Memory
from mailworthy.reports import trust as trusts
from mailworthy.reports.envelope import Content
from mailworthy.reports.envelope import open as open_envelope
from mailworthy.reports.facade import one
from mailworthy.reports.model import Fault, Kind, Report, Unreadable
from mailworthy.reports.trust import By, Trust, Word
from mailworthy.store import Trust as Kept

# Each may cost look-ups, and who wrote the mail chose how many there are.
MOST = 20


class Seen(msgspec.Struct, frozen=True):
    """What a first look at something tells.

    `other` says that it is neither a report nor claims to be one. `trust` is that of the report
    that is trusted least, None where there is none.
    """

    other: bool
    trust: Trust | None


class _Claim(msgspec.Struct, frozen=True):
    mail: tuple[int, int] | None
    kind: Kind
    claimed: tuple[str, ...]


class Judge:
    """Finds out whether reports come from whom they name.

    `own_ids` are the authserv-ids of our own server, which must remove forged ones (RFC 8601 §5).
    Without a resolver nothing is looked up: then only the word of our own server counts, as far
    as that can be known. `deadline` is the seconds that one mail may take.
    """

    def __init__(
        self,
        resolver: Resolver | None = None,
        *,
        own_ids: Collection[str] = (),
        deadline: float = 10.0,
    ) -> None:
        self._resolver = Memory.from_zone("") if resolver is None else resolver
        self._own_ids = tuple(own_ids)
        self._deadline = deadline

    def look(
        self, raw: bytes | BinaryIO, *, now: datetime, arrived: datetime, vouched: str
    ) -> Seen:
        """Look at everything in `raw`, which is left where it stood.

        Raises what the file raises; nothing that it says raises.
        """
        stood = 0 if isinstance(raw, bytes) else raw.tell()
        try:
            return self._look(open_envelope(raw), now, arrived, vouched)
        finally:
            if not isinstance(raw, bytes):
                raw.seek(stood)

    def _look(
        self,
        found: Iterator[Content | Unreadable],
        now: datetime,
        arrived: datetime,
        vouched: str,
    ) -> Seen:
        least: Trust | None = None
        judged: dict[_Claim, Trust] = {}
        other = True
        for item in found:
            other = other and isinstance(item, Unreadable) and item.fault is Fault.NO_REPORT
            if isinstance(item, Unreadable):
                continue
            report = one(item, now=now)
            if isinstance(report, Report):
                trust = self._judge(item, report, arrived, vouched, judged)
                least = trust if least is None or _rank(trust) < _rank(least) else least
        return Seen(other, least)

    def _judge(
        self,
        item: Content,
        report: Report,
        arrived: datetime,
        vouched: str,
        judged: dict[_Claim, Trust],
    ) -> Trust:
        if item.mail is None:
            return trusts.without_mail(vouched=vouched)
        claimed = trusts.claims(report.head)
        claim = _Claim((item.mail.start, item.mail.end), report.head.kind, claimed)
        if claim not in judged:
            if len(judged) >= MOST:
                return _too_many()
            engine = trusts.check(
                item.mail,
                now=arrived,
                kind=report.head.kind,
                own_ids=self._own_ids,
                claimed=claimed,
                vouched=vouched,
            )
            judged[claim] = drive(engine, self._resolver, deadline=self._deadline)
        return judged[claim]


def kept(trust: Trust | None) -> Kept:
    """A trust in the store's words."""
    if trust is None or trust.word is Word.UNPROVEN:
        return Kept.UNPROVEN
    if trust.word is Word.VOUCHED:
        return Kept.VOUCHED
    return Kept.RESULTS if trust.by is By.OWN_SERVER else Kept.VERIFIED


def _rank(trust: Trust) -> int:
    return kept(trust).rank


def _too_many() -> Trust:
    reason = f"more than {MOST} reporters are in one mail, so that they were not asked about"
    return Trust(Word.UNPROVEN, By.NOTHING, reason, "RFC 9990 §8")
