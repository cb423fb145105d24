"""The authority that a TLSA record stands for is not among the certificates that are sent.

## What it checks
Where the TLSA records of an MX host stand for an authority (`2 …`), the server sends that authority's
certificate along.

## Why it matters
Senders look for it among what the server sends, and nowhere else. Without it they keep the mail back.

## How to fix
Give the server the file with the whole chain; or, better, publish a `3 1 1` record of the server's own key.
"""

from collections.abc import Iterator
from datetime import datetime

from mailworthy.audit.evidence import HostEvidence, TlsaSet
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthychain import ANCHOR, GOOD, KEY
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
        "RFC 7672 §3.1.2",
        "RFC 7671 §5.2.2",
    ),
    bad=connected(dials=world(showing(GOOD)), tlsa=f"2 1 1 {ANCHOR}", blanks={"digest": KEY}),
    good=connected(tlsa=f"2 1 1 {ANCHOR}"),
)
def check(
    host: HostEvidence, talks: tuple[Dialled, ...], tlsa: TlsaSet, domain: str, now: datetime
) -> Iterator[Found]:
    records = tuple(r for r in pins(host) if r.usable)
    if any(r.usage == Usage.DANE_EE for r in records):
        return
    found = tuple(each for each in judged(host, talks, domain, now) if each.chain)
    bad = tuple(each for each in found if each.failed and not matched(records, each))
    if bad and len(bad) == len(found):
        yield from unverified(host, domain, tlsa, bad)
