"""A mail host with TLSA records gives no encryption.

## What it checks
Where an MX host has TLSA records that can be used, STARTTLS is offered and comes about at every address.

## Why it matters
TLSA records are a promise: every sender that follows DANE keeps its mail back until it is kept.

## How to fix
Offer STARTTLS (`smtpd_tls_security_level = may`). If that will take long, withdraw the TLSA records first.
"""

from collections.abc import Iterator
from datetime import datetime

from mailworthy.audit.evidence import HostEvidence, TlsaSet
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthyconnect import connected, ehlo, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import hello, settled, shown
from mailworthy.audit.rules.dane._served import judged
from mailworthy.lookup.model import Dialled

_CLEAR = {"ehlo": ehlo(drop="STARTTLS"), "starttls": None, "tls": None, "ehlo_tls": None}
_OFFER = "smtpd_tls_security_level = may"


@rule(
    over="hosts",
    severity=Severity.BLOCKER,
    references=(
        "RFC 7672 §2.2",
        "RFC 7672 §1.3.1",
    ),
    bad=connected(dials=world(_CLEAR), cures=(_OFFER,)),
    good=connected(),
)
def check(
    host: HostEvidence, talks: tuple[Dialled, ...], tlsa: TlsaSet, domain: str, now: datetime
) -> Iterator[Found]:
    for each in judged(host, talks, domain, now):
        if each.chain or not each.talk.extensions:
            continue
        why = each.talk.tls_error or "STARTTLS is not offered"
        yield Found(
            subject=host.name,
            message=f"{shown(host.name)} has TLSA records and no encryption at {each.talk.ask.ip}",
            evidence=(cite(tlsa.answer), hello(each.talk, shown(why))),
            remedy=settled(host, _OFFER, note="see its log where it is offered and fails"),
        )
        return
