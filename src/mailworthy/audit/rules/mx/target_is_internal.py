"""An MX record names a host that exists only inside somebody's network.

## What it checks
No MX record names a host below `.local`, `.internal`, `.home.arpa`, `.localhost` or another
name that is kept out of the public DNS.

## Why it matters
Such names mean something different in every network, and nothing on the internet.
Senders cannot find the host.

## How to fix
Write the public name of the mail host into the MX record.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence, MxSet
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mx._shared import (
    TLSA,
    dropped,
    internal,
    placeholder,
    second,
    shown,
)
from mailworthy.names import labels, printable


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 6761 §6", "RFC 6762 §3"),
    bad=second("mail.example.local", f"_25._tcp.mail.example.local. {TLSA}"),
    good=second("local.example.com", "local.example.com. A 192.0.2.25"),
)
def check(
    host: HostEvidence, mx: MxSet, hosts: tuple[HostEvidence, ...], domain: str
) -> Iterator[Found]:
    document = internal(host.name, domain)
    if document is None or placeholder(host.name) or len(labels(host.name)) == 1:
        return
    if host.preference is None:
        return
    yield Found(
        subject=host.name,
        message=(
            f"the MX host {printable(host.name, 100)} has a name that is not in the public DNS "
            f"({document})"
        ),
        evidence=(shown(mx, host.name),),
        remedy=dropped(mx, domain, host.name, hosts),
    )
