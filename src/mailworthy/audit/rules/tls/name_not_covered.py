"""The certificate of a mail host is made out to another name.

## What it checks
The certificate that an MX host shows names the host, as the MX record spells it. The common name counts for
nothing. An enforced MTA-STS policy makes it a blocker of its own.

## Why it matters
Senders that verify by MTA-STS compare the two, and keep the mail back where they differ.

## How to fix
Get a certificate for the name of the MX host, besides those that it has.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthychain import AUTHORITY, OTHER_NAME
from mailworthy.audit.healthyconnect import connected, world
from mailworthy.audit.healthyconnect import shown as showing
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, guarded, leaf, openssl, renewed, shown
from mailworthy.certificate import covers
from mailworthy.lookup.model import Dialled
from mailworthy.mtasts.policy import StsPolicy

_RENEW = "certbot certonly --standalone --force-renewal -d mail.example.com --deploy-hook 'systemctl reload postfix dovecot'"


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=(
        "RFC 8461 §4.2",
        "RFC 9525 §6.3",
    ),
    bad=connected(dials=world(showing(OTHER_NAME, AUTHORITY)), cures=(_RENEW,)),
    good=connected(),
)
def check(
    host: HostEvidence, talks: tuple[Dialled, ...], enforced: StsPolicy | None
) -> Iterator[Found]:
    found = first_fault(talks, lambda talk: _others(talk, host.name))
    if found is None or guarded(host, enforced):
        return
    yield Found(
        subject=host.name,
        message=f"the certificate of {shown(host.name)} is made out to {found[1]}",
        evidence=(
            openssl(
                found[0], f"DNS names: {found[1]}", " | openssl x509 -noout -ext subjectAltName"
            ),
        ),
        remedy=renewed(host, host.name),
    )


def _others(talk: Dialled, name: str) -> str:
    found = leaf(talk)
    if found is None or covers(found.names, name):
        return ""
    return ", ".join(map(shown, found.names[:5])) or "no name"
