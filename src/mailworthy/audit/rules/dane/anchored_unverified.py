"""The certificate below the authority of a TLSA record does not hold.

## What it checks
Where a TLSA record stands for an authority that the server sends along, the server's certificate comes from it,
is in date, and is made out to the host or the domain.

## Why it matters
Unlike with a record of the key itself, senders check names and dates here, and keep the mail back.

## How to fix
Renew the certificate for the name of the MX host; or publish a `3 1 1` record of the key.
"""

from collections.abc import Iterator
from datetime import datetime

from mailworthy.audit.evidence import HostEvidence, TlsaSet
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthychain import ANCHOR, AUTHORITY, SELF_SIGNED
from mailworthy.audit.healthyconnect import connected, world
from mailworthy.audit.healthyconnect import shown as showing
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import openssl, pins, renewed, shown
from mailworthy.audit.rules.dane._served import judged, matched
from mailworthy.lookup.model import Dialled

_RENEW = "certbot certonly --standalone --force-renewal -d mail.example.com --deploy-hook 'systemctl reload postfix dovecot'"


@rule(
    over="hosts",
    severity=Severity.BLOCKER,
    references=(
        "RFC 7672 §3.1.2",
        "RFC 7672 §3.2",
    ),
    bad=connected(
        dials=world(showing(SELF_SIGNED, AUTHORITY, untrusted="self-signed certificate")),
        tlsa=f"2 1 1 {ANCHOR}",
        cures=(_RENEW,),
    ),
    good=connected(tlsa=f"2 1 1 {ANCHOR}"),
)
def check(
    host: HostEvidence, talks: tuple[Dialled, ...], tlsa: TlsaSet, domain: str, now: datetime
) -> Iterator[Found]:
    for each in judged(host, talks, domain, now):
        if not each.chain or not each.failed or not matched(pins(host), each):
            continue
        yield Found(
            subject=tlsa.answer.ask.name,
            message=f"{shown(host.name)} fails DANE: {each.verdict.reason}",
            evidence=(cite(tlsa.answer), openssl(each.talk, each.verdict.reason)),
            remedy=renewed(host, host.name),
        )
        return
