"""A mail host does not offer encryption.

## What it checks
The MX hosts offer STARTTLS on port 25. Where DANE or an enforced MTA-STS policy demands it, their rules speak.

## Why it matters
Mail comes in as clear text, and more and more senders warn or refuse.

## How to fix
Set `smtpd_tls_security_level = may`, with a certificate for the name of the host.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import connected, ehlo, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, guarded, hello, pins, settled, shown
from mailworthy.lookup.model import Dialled
from mailworthy.mtasts.policy import StsPolicy

_CLEAR = {"ehlo": ehlo(drop="STARTTLS"), "starttls": None, "tls": None, "ehlo_tls": None}
_OFFER = "smtpd_tls_security_level = may"


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=(
        "RFC 3207 §4",
        "RFC 7435 §4",
    ),
    bad=connected(dials=world(_CLEAR), tlsa="", cures=(_OFFER,)),
    good=connected(),
)
def check(
    host: HostEvidence, talks: tuple[Dialled, ...], enforced: StsPolicy | None
) -> Iterator[Found]:
    found = first_fault(talks, _clear)
    if found is None or pins(host) or guarded(host, enforced):
        return
    yield Found(
        subject=host.name,
        message=f"{shown(host.name)} does not offer STARTTLS{found[1].strip()}",
        evidence=(hello(found[0]),),
        remedy=settled(host, _OFFER),
    )


def _clear(talk: Dialled) -> str:
    return " " if talk.extensions and "STARTTLS" not in talk.extensions else ""
