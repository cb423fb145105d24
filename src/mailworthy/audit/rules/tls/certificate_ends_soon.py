"""The certificate of a mail host ends soon.

## What it checks
The certificate that the MX hosts show is valid for 14 days more; for one of a few days, a third of its life.

## Why it matters
Renewal by certbot comes 30 days before the end, so that something keeps it from being renewed, or from being
used.

## How to fix
Find out whether the file was renewed: then the server has not read it (`postfix reload`, Dovecot too).
Otherwise `certbot renew --dry-run` tells what is wrong.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthychain import AUTHORITY, EXPIRING
from mailworthy.audit.healthyconnect import connected, world
from mailworthy.audit.healthyconnect import shown as showing
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, leaf, openssl, ours, renewed, shown
from mailworthy.lookup.model import Dialled

_RENEW = "certbot certonly --standalone --force-renewal -d mail.example.com --deploy-hook 'systemctl reload postfix dovecot'"
_DAYS = timedelta(days=14)


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 5280 §4.1.2.5",),
    bad=connected(dials=world(showing(EXPIRING, AUTHORITY)), cures=(_RENEW,)),
    good=connected(),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...], now: datetime) -> Iterator[Found]:
    found = first_fault(talks, lambda talk: _soon(talk, now))
    if found is None or not ours(host):
        return
    yield Found(
        subject=host.name,
        message=f"the certificate of {shown(host.name)} {found[1]}",
        evidence=(openssl(found[0], found[1]),),
        remedy=renewed(host, host.name),
    )


def _soon(talk: Dialled, now: datetime) -> str:
    found = leaf(talk)
    if found is None or not found.current(now):
        return ""
    least = min(_DAYS, (found.not_after - found.not_before) / 3)
    left = found.not_after - now
    return f"ends on {found.not_after:%Y-%m-%d}, in {left.days} days" if left < least else ""
