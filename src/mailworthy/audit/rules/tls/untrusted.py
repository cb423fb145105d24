"""Nobody vouches for the certificate of a mail host.

## What it checks
The certificate of your MX hosts comes from an authority that is trusted in general. Where TLSA records with
DNSSEC stand for it, no authority is needed; an enforced MTA-STS policy makes it a blocker of its own.

## Why it matters
Most senders encrypt to anybody. Those that verify do not deliver, and MTA-STS cannot be enforced.

## How to fix
Get a certificate from Let's Encrypt or another public authority, or sign the zone and publish TLSA records.
"""

from collections.abc import Iterator
from datetime import datetime

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthychain import SELF_SIGNED
from mailworthy.audit.healthyconnect import connected, world
from mailworthy.audit.healthyconnect import shown as showing
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import (
    first_fault,
    guarded,
    leaf,
    openssl,
    ours,
    pins,
    renewed,
    shown,
)
from mailworthy.lookup.model import Dialled
from mailworthy.mtasts.policy import StsPolicy
from mailworthy.names import printable

_RENEW = "certbot certonly --standalone --force-renewal -d mail.example.com --deploy-hook 'systemctl reload postfix dovecot'"


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=(
        "RFC 8461 §4.2",
        "RFC 7672 §3.1.1",
    ),
    bad=connected(
        dials=world(showing(SELF_SIGNED, untrusted="self-signed certificate")),
        tlsa="",
        cures=(_RENEW,),
    ),
    good=connected(),
)
def check(
    host: HostEvidence, talks: tuple[Dialled, ...], enforced: StsPolicy | None, now: datetime
) -> Iterator[Found]:
    found = first_fault(talks, lambda talk: _distrust(talk, now))
    if found is None or not ours(host) or pins(host) or guarded(host, enforced):
        return
    yield Found(
        subject=host.name,
        message=f"the certificate of {shown(host.name)} is not to be trusted: {found[1]}",
        evidence=(openssl(found[0], found[1]),),
        remedy=renewed(host, host.name),
    )


def _distrust(talk: Dialled, now: datetime) -> str:
    """The reason; nothing where dates, names or a missing part of the chain explain it."""
    found = leaf(talk)
    if found is None or talk.tls is None or not talk.tls.untrusted or not found.current(now):
        return ""
    alone = len(talk.tls.chain) == 1 and not found.self_issued and "issuer" in talk.tls.untrusted
    return "" if alone else printable(talk.tls.untrusted, 120)
