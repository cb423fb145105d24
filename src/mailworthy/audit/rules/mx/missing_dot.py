"""An MX record was written without its final dot.

## What it checks
No MX record names a host that ends in the name of the domain twice, such as
`mail.example.com.example.com`, and has no address.

## Why it matters
A name without a final dot gets the name of the zone appended.
The result is the name of no host, and mail for the domain is lost.

## How to fix
Write the name with its final dot, `mail.example.com.`, or without the domain: `mail`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence, MxSet
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._dots import undoubled
from mailworthy.audit.rules.mx._shared import retarget, shown
from mailworthy.names import printable

_DOUBLED = "mail.example.com.example.com"
_DROP = ("example.com. MX", "_mta-sts.", "mta-sts.")


@rule(
    over="hosts",
    severity=Severity.BLOCKER,
    references=("RFC 1912 §2.1", "RFC 1035 §5.1"),
    bad=healthy(drop=_DROP, add=(f"example.com. MX 10 {_DOUBLED}.",), fetches={}),
    good=healthy(
        drop=_DROP,
        add=(f"example.com. MX 10 {_DOUBLED}.", f"{_DOUBLED}. A 192.0.2.25"),
        fetches={},
    ),
)
def check(host: HostEvidence, addresses: AddressSet, mx: MxSet, domain: str) -> Iterator[Found]:
    meant = undoubled(host.name, domain)
    if meant is None or host.preference is None or addresses.ips:
        return
    yield Found(
        subject=domain,
        message=f"the MX record of {printable(domain)} lacks its final dot: {printable(host.name, 120)}",
        evidence=(shown(mx, host.name), cite(addresses.a)),
        remedy=retarget(mx, domain, host.name, meant),
    )
