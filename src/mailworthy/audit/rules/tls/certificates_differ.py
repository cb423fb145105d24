"""A mail host shows another certificate at each of its addresses.

## What it checks
All addresses of an MX host of yours show the same certificate.

## Why it matters
One of them was forgotten at a renewal, or another machine answers there. It will be the one that ends first.

## How to fix
Have the same file of certificates everywhere, and every server read it after a renewal.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthychain import AUTHORITY, RENEWED
from mailworthy.audit.healthyconnect import connected, world
from mailworthy.audit.healthyconnect import shown as showing
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import dates, leaf, openssl, ours, pins, renewed, shown
from mailworthy.lookup.model import Dialled

_RENEW = "certbot certonly --standalone --force-renewal -d mail.example.com --deploy-hook 'systemctl reload postfix dovecot'"


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=("RFC 5280 §6.1",),
    bad=connected(dials=world(second=showing(RENEWED, AUTHORITY)), cures=(_RENEW,)),
    good=connected(),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...]) -> Iterator[Found]:
    seen = {found.der: talk for talk in talks if (found := leaf(talk))}
    keys = {found.spki for talk in talks if (found := leaf(talk))}
    if len(seen) < 2 or not ours(host) or (pins(host) and len(keys) > 1):
        return  # where TLSA records stand for one of the keys, their rule speaks
    places = " and ".join(talk.ask.ip for talk in seen.values())
    yield Found(
        subject=host.name,
        message=f"{shown(host.name)} shows different certificates at {places}",
        evidence=tuple(openssl(t, dates(c)) for t in seen.values() if (c := leaf(t))),
        remedy=renewed(host, host.name),
    )
