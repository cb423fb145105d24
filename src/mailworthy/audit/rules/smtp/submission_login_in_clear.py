"""People may send their passwords in clear text.

## What it checks
The server that `_submission._tcp` names does not offer AUTH on port 587 before the connection is encrypted.

## Why it matters
A program that is set up wrongly logs in all the same, and whoever listens has the password.

## How to fix
Have the service demand encryption.
"""

from collections.abc import Iterator

from mailworthy.audit.connectparts import Submission
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import connected, ehlo, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import hello, shown
from mailworthy.audit.rules.smtp._submission import option, subject
from mailworthy.lookup.model import Dialled, Encryption

_DEMAND = "postconf -P submission/inet/smtpd_tls_security_level=encrypt"


@rule(
    over="submissions",
    severity=Severity.WARNING,
    references=(
        "RFC 8314 §4.1",
        "RFC 4954 §4",
    ),
    bad=connected(dials=world(submission={"ehlo": ehlo("AUTH PLAIN")}), cures=(_DEMAND,)),
    good=connected(),
)
def check(each: Submission, dialled: Dialled) -> Iterator[Found]:
    if each.encryption is not Encryption.STARTTLS or "AUTH" not in dialled.extensions:
        return
    yield Found(
        subject=subject(each),
        message=f"{shown(each.host)} offers AUTH on port {each.port} before there is encryption",
        evidence=(hello(dialled),),
        remedy=option(each, "smtpd_tls_security_level=encrypt"),
    )
