"""People cannot log in where they are to send.

## What it checks
The servers that the SRV records name for submission offer AUTH once the connection is encrypted.

## Why it matters
Mail programs find the server by these records, and then nobody can send through it.

## How to fix
Switch SASL on for the service, and connect it with Dovecot.
"""

from collections.abc import Iterator

from mailworthy.audit.connectparts import Submission
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import EHLO_TLS, connected, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import openssl, shown, told
from mailworthy.audit.rules.smtp._submission import option, subject
from mailworthy.lookup.model import Dialled, Encryption, Said


@rule(
    over="submissions",
    severity=Severity.WARNING,
    references=(
        "RFC 6409 §4.3",
        "RFC 6186 §3.1",
    ),
    bad=connected(
        dials=world(submissions={"ehlo": EHLO_TLS}),
        cures=("postconf -P submissions/inet/smtpd_sasl_auth_enable=yes",),
    ),
    good=connected(),
)
def check(each: Submission, dialled: Dialled) -> Iterator[Found]:
    said = _inside(each, dialled)
    if dialled.tls is None or said is None or said.code != 250:
        return
    inside = dialled.extensions_tls if said is dialled.ehlo_tls else dialled.extensions
    if "AUTH" in inside:
        return
    yield Found(
        subject=subject(each),
        message=f"{shown(each.host)} does not offer AUTH on port {each.port}",
        evidence=(openssl(dialled, f"after EHLO: {told(said)}", " -quiet"),),
        remedy=option(each, "smtpd_sasl_auth_enable=yes"),
    )


def _inside(each: Submission, talk: Dialled) -> Said | None:
    """The reply to EHLO under encryption."""
    return talk.ehlo if each.encryption is Encryption.IMPLICIT else talk.ehlo_tls
