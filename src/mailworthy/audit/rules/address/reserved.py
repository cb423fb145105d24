"""A mail host has an address that is reserved and leads nowhere.

## What it checks
No mail host has an address in a reserved range: 0.0.0.0/8, 240.0.0.0/4, 198.18.0.0/15, IPv6
outside 2000::/3, and the like.

## Why it matters
Such addresses are not routed on the internet.
`0.0.0.0` and `::` even mean the sender's own machine to most systems.

## How to fix
Publish the public address of the host.
A domain that takes no mail publishes a null MX instead.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.address._shared import is_tunnel, misused, with_address
from mailworthy.rdata.address import Kind, kind


@rule(
    over="hosts",
    severity=Severity.BLOCKER,
    references=("RFC 6890 §2.2.2", "RFC 6890 §2.2.3"),
    bad=with_address("A", "0.0.0.0"),
    good=with_address("A", "192.0.2.30"),
)
def check(host: HostEvidence, addresses: AddressSet, domain: str) -> Iterator[Found]:
    yield from misused(host, addresses, domain, _reserved, "a reserved one that leads nowhere")


def _reserved(ip: str) -> bool:
    return kind(ip) is Kind.OTHER_SPECIAL and not is_tunnel(ip)
