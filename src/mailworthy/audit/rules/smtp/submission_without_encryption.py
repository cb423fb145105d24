"""People send their mail without encryption.

## What it checks
The server that `_submission._tcp` names offers STARTTLS on port 587.

## Why it matters
Mail and passwords of your people cross every hotel's network in clear text. Programs that demand encryption
cannot send at all.

## How to fix
Offer STARTTLS there, with a certificate for the name of the host.
"""

from collections.abc import Iterator

from mailworthy.audit.connectparts import Submission
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import EHLO_TLS, connected, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import hello, shown
from mailworthy.audit.rules.smtp._submission import option, subject
from mailworthy.lookup.model import Dialled, Encryption

_DEMAND = "postconf -P submission/inet/smtpd_tls_security_level=encrypt"


@rule(
    over="submissions",
    severity=Severity.WARNING,
    references=(
        "RFC 8314 §3.3",
        "RFC 8314 §4.1",
    ),
    bad=connected(
        dials=world(submission={"ehlo": EHLO_TLS, "starttls": None, "tls": None, "ehlo_tls": None}),
        cures=(_DEMAND,),
    ),
    good=connected(),
)
def check(each: Submission, dialled: Dialled) -> Iterator[Found]:
    plain = each.encryption is Encryption.STARTTLS and dialled.extensions
    if not plain or "STARTTLS" in dialled.extensions:
        return
    yield Found(
        subject=subject(each),
        message=f"{shown(each.host)} does not offer STARTTLS on port {each.port}",
        evidence=(hello(dialled),),
        remedy=option(each, "smtpd_tls_security_level=encrypt"),
    )
