"""A mail host lets people log in on the port for strangers.

## What it checks
Your MX hosts do not offer AUTH on port 25.

## Why it matters
Port 25 is where everybody may come, so that passwords are tried there day and night. People send by the
ports for submission, 465 and 587.

## How to fix
Switch it off in general, and on for submission in master.cf.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import EHLO_TLS, connected, ehlo, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, openssl, ours, settled, shown, told
from mailworthy.lookup.model import Dialled

_OFF = "smtpd_sasl_auth_enable = no"


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=(
        "RFC 8314 §3.3",
        "RFC 6409 §3.1",
    ),
    bad=connected(
        dials=world({"ehlo_tls": ehlo("AUTH PLAIN LOGIN", base=EHLO_TLS)}), cures=(_OFF,)
    ),
    good=connected(),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...]) -> Iterator[Found]:
    found = first_fault(talks, _offers)
    if found is None or not ours(host):
        return
    yield Found(
        subject=host.name,
        message=f"{shown(host.name)} offers AUTH on port 25{found[1].strip()}",
        evidence=(openssl(found[0], f"after EHLO: {told(found[0].ehlo_tls)}", " -quiet"),),
        remedy=settled(
            host, _OFF, note="submission in master.cf keeps -o smtpd_sasl_auth_enable=yes"
        ),
    )


def _offers(talk: Dialled) -> str:
    """AUTH in clear text is worse, and a finding of its own."""
    return " " if "AUTH" in talk.extensions_tls - talk.extensions else ""
