"""A mail host does not take eight-bit text.

## What it checks
Your MX hosts offer 8BITMIME.

## Why it matters
Senders must rewrite every message in another encoding, which breaks DKIM signatures on the way.

## How to fix
Postfix offers it unless told not to: look for it in `smtpd_discard_ehlo_keywords`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import connected, ehlo, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, hello, ours, settled, shown
from mailworthy.lookup.model import Dialled

_OFFER = "smtpd_discard_ehlo_keywords ="


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=(
        "RFC 6152 §3",
        "RFC 6376 §5.3",
    ),
    bad=connected(
        dials=world({"ehlo": ehlo(drop="8BITMIME"), "ehlo_tls": ehlo(drop="8BITMIME")}),
        cures=(_OFFER,),
    ),
    good=connected(),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...]) -> Iterator[Found]:
    found = first_fault(talks, _lacks)
    if found is None or not ours(host):
        return
    yield Found(
        subject=host.name,
        message=f"{shown(host.name)} does not offer 8BITMIME, so that senders must rewrite messages{found[1].strip()}",
        evidence=(hello(found[0]),),
        remedy=settled(host, _OFFER),
    )


def _lacks(talk: Dialled) -> str:
    offered = talk.extensions | talk.extensions_tls
    return " " if offered and "8BITMIME" not in offered else ""
