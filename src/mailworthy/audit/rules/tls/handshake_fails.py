"""A mail host offers encryption that does not come about.

## What it checks
Where an MX host offers STARTTLS, it then agrees on a version and a cipher, and shows a certificate.

## Why it matters
Senders that would rather encrypt than not try again and again, then defer; those that must encrypt never
deliver.

## How to fix
Look for "TLS" in the log of the server: the key does not belong to the certificate, a file may not be read,
or every version is switched off.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import AskOther, Execute, Found, Remedy, Severity
from mailworthy.audit.healthyconnect import connected, says, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, guarded, openssl, ours, pins, shown, told
from mailworthy.lookup.model import Dialled
from mailworthy.mtasts.policy import StsPolicy
from mailworthy.names import printable

_LATER = says("4.7.0 TLS not available due to local problem", code=454)
_LOOK = (
    "postconf -n smtpd_tls_cert_file smtpd_tls_key_file smtpd_tls_chain_files smtpd_tls_protocols"
)


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=(
        "RFC 3207 §4",
        "RFC 3207 §4.1",
    ),
    bad=connected(
        dials=world({"starttls": _LATER, "tls": None, "ehlo_tls": None}), tlsa="", cures=(_LOOK,)
    ),
    good=connected(),
)
def check(
    host: HostEvidence, talks: tuple[Dialled, ...], enforced: StsPolicy | None
) -> Iterator[Found]:
    found = first_fault(talks, failure)
    if found is None or pins(host) or guarded(host, enforced):
        return
    who, what = f"whoever runs {shown(host.name)}", "TLS on port 25 fails: please look in its log."
    step = Execute(_LOOK) if ours(host) else AskOther(who, what)
    yield Found(
        subject=host.name,
        message=f"{shown(host.name)} offers STARTTLS, which fails: {found[1]}",
        evidence=(openssl(found[0], found[1]),),
        remedy=Remedy(
            (step,), "then mend what it names, often key and certificate; postfix reload"
        ),
    )


def failure(talk: Dialled) -> str:
    """Why there is no encryption though it was offered; empty where there is."""
    if talk.tls_error:
        return printable(talk.tls_error, 120)
    refused = talk.starttls is not None and talk.starttls.code != 220
    return told(talk.starttls) if refused else ""
