"""A mail host leaves out the authority that its certificate comes from.

## What it checks
Beside its own certificate an MX host shows those between it and the root.

## Why it matters
Senders that verify cannot follow the chain, and call the certificate untrusted. Browsers often find the missing
part somewhere else, so that nobody notices.

## How to fix
Give the server the file with the whole chain (`fullchain.pem`), not `cert.pem`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthychain import GOOD
from mailworthy.audit.healthyconnect import connected, world
from mailworthy.audit.healthyconnect import shown as showing
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, guarded, leaf, openssl, settled, shown
from mailworthy.lookup.model import Dialled
from mailworthy.mtasts.policy import StsPolicy

_LIVE = "/etc/letsencrypt/live"  # where certbot puts it
_WHOLE = f"smtpd_tls_cert_file = {_LIVE}/mail.example.com/fullchain.pem"


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=(
        "RFC 8446 §4.4.2",
        "RFC 8461 §4.2",
    ),
    bad=connected(
        dials=world(showing(GOOD, untrusted="unable to get local issuer certificate")),
        cures=(_WHOLE,),
    ),
    good=connected(),
)
def check(
    host: HostEvidence, talks: tuple[Dialled, ...], enforced: StsPolicy | None
) -> Iterator[Found]:
    found = first_fault(talks, _alone)
    if found is None or guarded(host, enforced):
        return
    yield Found(
        subject=host.name,
        message=f"{shown(host.name)} shows its own certificate only; {found[1]} signed it",
        evidence=(openssl(found[0], found[1]),),
        remedy=settled(host, f"smtpd_tls_cert_file = {_LIVE}/{shown(host.name)}/fullchain.pem"),
    )


def _alone(talk: Dialled) -> str:
    """The issuer, if it is neither sent along nor known here."""
    found = leaf(talk)
    if found is None or talk.tls is None or not talk.tls.untrusted or len(talk.tls.chain) > 1:
        return ""
    return "" if found.self_issued or "issuer" not in talk.tls.untrusted else found.issuer
