"""A mail host has an address that an internet provider shares among customers.

## What it checks
No mail host has an address in 100.64.0.0/10, the range for carrier-grade NAT.

## Why it matters
Behind carrier-grade NAT nobody can connect to you: mail cannot come in, and your own mail leaves
from an address that others share and that has no reverse DNS of yours.

## How to fix
Ask the provider for a public IPv4 address, or take a mail host elsewhere, and publish its
address.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.address._shared import misused, of, with_address
from mailworthy.rdata.address import Kind


@rule(
    over="hosts",
    severity=Severity.BLOCKER,
    references=("RFC 6598 §4",),
    bad=with_address("A", "100.64.0.25"),
    good=with_address("A", "192.0.2.28"),
)
def check(host: HostEvidence, addresses: AddressSet, domain: str) -> Iterator[Found]:
    yield from misused(
        host,
        addresses,
        domain,
        of(Kind.CGNAT),
        "from the range that providers share among customers",
    )
