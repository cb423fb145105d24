"""What senders that follow DANE make of the servers, as they show themselves."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from mailworthy.audit.evidence import HostEvidence, TlsaSet
from mailworthy.audit.finding import Found, Remedy, Shown, cite
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules._talks import openssl, pins, shown
from mailworthy.audit.rules.dane._shared import BEST, DIGEST, domain_of
from mailworthy.dane.record import BadCertificate, Tlsa, Usage, from_certificate, matches, render
from mailworthy.dane.verdict import DaneVerdict, Result, judge
from mailworthy.lookup.model import Dialled

TTL_NOTE = (
    "Compute the digest on the server itself. Withdraw records of keys that are no longer used "
    "after the time to live of this one."
)


class Judged(msgspec.Struct, frozen=True):
    """One conversation and its verdict."""

    talk: Dialled
    chain: tuple[bytes, ...]
    verdict: DaneVerdict

    @property
    def failed(self) -> bool:
        """Whether mail is kept back."""
        return self.verdict.result is Result.FAILED


def judged(
    host: HostEvidence, talks: tuple[Dialled, ...], domain: str, now: datetime
) -> tuple[Judged, ...]:
    """The verdicts for all addresses; none where no sender follows DANE here, or where the
    server has told nothing of its encryption."""
    records = pins(host)
    return tuple(_judged(records, talk, (host.name, domain), now) for talk in talks if records)


def _judged(
    records: tuple[Tlsa, ...], talk: Dialled, names: tuple[str, ...], now: datetime
) -> Judged:
    chain = talk.tls.chain if talk.tls else ()
    return Judged(talk, chain, judge(records, chain, names=names, now=now))


def matched(records: tuple[Tlsa, ...], each: Judged) -> bool:
    """Whether a record stands for a certificate that was sent, as its usage wants it."""
    ends = (r for r in records if r.usage == Usage.DANE_EE)
    anchors = [r for r in records if r.usage == Usage.DANE_TA]
    return any(matches(r, each.chain[0]) for r in ends) or any(
        matches(r, der) for r in anchors for der in each.chain[1:]
    )


def repinned(host: HostEvidence, domain: str, tlsa: TlsaSet) -> Remedy:
    """The record of the key that the server has, beside those that are there."""
    steps = mend(tlsa.answer, domain_of(host, domain), add=(BEST,))
    return Remedy(steps, TTL_NOTE, (DIGEST,))


def seen(each: Judged) -> Shown:
    """What the server showed, as the record that would stand for it."""
    try:
        said = f"its record would be {render(from_certificate(each.chain[0]))}"
    except (BadCertificate, IndexError):
        said = "no certificate that can be read"
    return openssl(each.talk, said)


def unverified(
    host: HostEvidence, domain: str, tlsa: TlsaSet, bad: tuple[Judged, ...]
) -> Iterator[Found]:
    """The finding about the addresses at which nothing matches."""
    places = ", ".join(each.talk.ask.ip for each in bad[:4])
    yield Found(
        subject=tlsa.answer.ask.name,
        message=f"no TLSA record stands for the certificate of {shown(host.name)} at {places}",
        evidence=(cite(tlsa.answer), *(seen(each) for each in bad[:2])),
        remedy=repinned(host, domain, tlsa),
    )
