"""A mail host takes passwords in clear text.

## What it checks
On port 25 your MX hosts do not offer AUTH before the connection is encrypted.

## Why it matters
A password that was heard once is used for spam from your own address, correctly signed.

## How to fix
Set `smtpd_tls_auth_only = yes`; better, let people log in on the ports for submission only.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import connected, ehlo, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, hello, ours, settled, shown
from mailworthy.lookup.model import Dialled

_ONLY = "smtpd_tls_auth_only = yes"


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=(
        "RFC 8314 §4.1",
        "RFC 4954 §4",
    ),
    bad=connected(dials=world({"ehlo": ehlo("AUTH PLAIN")}), cures=(_ONLY,)),
    good=connected(),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...]) -> Iterator[Found]:
    found = first_fault(talks, lambda talk: " " if "AUTH" in talk.extensions else "")
    if found is None or not ours(host):
        return
    yield Found(
        subject=host.name,
        message=f"{shown(host.name)} offers AUTH on port 25 before there is encryption{found[1].strip()}",
        evidence=(hello(found[0]),),
        remedy=settled(host, _ONLY),
    )
