"""A mail host shows a certificate that is not in date.

## What it checks
The certificate that the MX hosts show on port 25 is valid now. An enforced MTA-STS policy makes it a blocker
of its own.

## Why it matters
Senders that verify keep the mail back. It also shows that renewal stopped, or that nobody told the server.

## How to fix
Renew it, and have the server read it: `certbot renew --dry-run` tells why it did not happen.
"""

from collections.abc import Iterator
from datetime import datetime

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthychain import AUTHORITY, EXPIRED
from mailworthy.audit.healthyconnect import connected, world
from mailworthy.audit.healthyconnect import shown as showing
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, guarded, leaf, openssl, renewed, shown
from mailworthy.lookup.model import Dialled
from mailworthy.mtasts.policy import StsPolicy

_RENEW = "certbot certonly --standalone --force-renewal -d mail.example.com --deploy-hook 'systemctl reload postfix dovecot'"


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=(
        "RFC 5280 §4.1.2.5",
        "RFC 8461 §4.2",
    ),
    bad=connected(
        dials=world(showing(EXPIRED, AUTHORITY, untrusted="certificate has expired")),
        cures=(_RENEW,),
    ),
    good=connected(),
)
def check(
    host: HostEvidence, talks: tuple[Dialled, ...], enforced: StsPolicy | None, now: datetime
) -> Iterator[Found]:
    found = first_fault(talks, lambda talk: _late(talk, now))
    if found is None or guarded(host, enforced):
        return
    yield Found(
        subject=host.name,
        message=f"the certificate of {shown(host.name)} {found[1]}",
        evidence=(openssl(found[0], found[1]),),
        remedy=renewed(host, host.name),
    )


def _late(talk: Dialled, now: datetime) -> str:
    found = leaf(talk)
    if found is None or found.current(now):
        return ""
    if now < found.not_before:
        return f"is valid from {found.not_before:%Y-%m-%d} only"
    return f"ended on {found.not_after:%Y-%m-%d}"
