"""No TLSA record stands for the certificate that the mail host shows.

## What it checks
A TLSA record of an MX host stands for its certificate, or for an authority that it sends along, at one address
at least; judged as a sender does that follows DANE.

## Why it matters
Every sender that follows DANE keeps its mail back, then returns it. It happens at a renewal with a new key.

## How to fix
Publish the record of the new key beside the old one. Next time publish it before the key is used, or keep the
key (`certbot renew --reuse-key`).
"""

from collections.abc import Iterator
from datetime import datetime

from mailworthy.audit.evidence import HostEvidence, TlsaSet
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthychain import AUTHORITY, NEXT_KEY, OTHER_KEY
from mailworthy.audit.healthyconnect import connected, world
from mailworthy.audit.healthyconnect import shown as showing
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import pins
from mailworthy.audit.rules.dane._served import judged, matched, unverified
from mailworthy.dane.record import Usage
from mailworthy.lookup.model import Dialled


@rule(
    over="hosts",
    severity=Severity.BLOCKER,
    references=(
        "RFC 7672 §2.2",
        "RFC 7672 §3.1.1",
        "RFC 7671 §8.1",
    ),
    bad=connected(dials=world(showing(OTHER_KEY, AUTHORITY)), blanks={"digest": NEXT_KEY}),
    good=connected(),
)
def check(
    host: HostEvidence, talks: tuple[Dialled, ...], tlsa: TlsaSet, domain: str, now: datetime
) -> Iterator[Found]:
    found = tuple(each for each in judged(host, talks, domain, now) if each.chain)
    bad = tuple(each for each in found if each.failed and not matched(pins(host), each))
    pinned = any(r.usage == Usage.DANE_EE and r.usable for r in pins(host))
    if bad and len(bad) == len(found) and pinned:
        yield from unverified(host, domain, tlsa, bad)
