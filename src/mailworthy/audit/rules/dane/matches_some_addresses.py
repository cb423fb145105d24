"""TLSA records stand for the certificate at one address of a mail host only.

## What it checks
Where TLSA records stand for the certificate of an MX host at one address, they do so at the others.

## Why it matters
Senders that follow DANE keep their mail back whenever they come by the other address.

## How to fix
Have all addresses show the same key, or publish a record for each of them.
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
from mailworthy.lookup.model import Dialled


@rule(
    over="hosts",
    severity=Severity.BLOCKER,
    references=(
        "RFC 7672 §2.2",
        "RFC 7671 §8.4",
    ),
    bad=connected(dials=world(second=showing(OTHER_KEY, AUTHORITY)), blanks={"digest": NEXT_KEY}),
    good=connected(),
)
def check(
    host: HostEvidence, talks: tuple[Dialled, ...], tlsa: TlsaSet, domain: str, now: datetime
) -> Iterator[Found]:
    found = tuple(each for each in judged(host, talks, domain, now) if each.chain)
    bad = tuple(each for each in found if each.failed and not matched(pins(host), each))
    if bad and len(bad) < len(found):
        yield from unverified(host, domain, tlsa, bad)
