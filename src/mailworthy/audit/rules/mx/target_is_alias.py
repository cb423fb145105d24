"""An MX record names an alias (CNAME) instead of a host.

## What it checks
The name in an MX record has addresses of its own and is no CNAME.

## Why it matters
The standards forbid it, and some receivers refuse mail from such a domain or cannot deliver to
it.
DANE and MTA-STS compare names, and an alias gives them two to choose from.

## How to fix
Write the name that the alias leads to into the MX record.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence, MxSet
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mx._shared import TLSA, retarget, second, shown
from mailworthy.names import printable


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 5321 §5.1", "RFC 2181 §10.3"),
    bad=second(
        "mx2.example.com",
        "mx2.example.com. CNAME mail.example.com.",
        f"_25._tcp.mx2.example.com. {TLSA}",
    ),
    good=second("mx2.example.com", "mx2.example.com. A 192.0.2.25"),
)
def check(host: HostEvidence, addresses: AddressSet, mx: MxSet, domain: str) -> Iterator[Found]:
    if host.preference is None or not addresses.chain or not addresses.ips:
        return
    target = addresses.chain[-1]
    yield Found(
        subject=host.name,
        message=(
            f"the MX host {printable(host.name, 100)} is an alias of {printable(target, 100)}"
        ),
        evidence=(shown(mx, host.name), cite(addresses.a)),
        remedy=retarget(mx, domain, host.name, target),
    )
