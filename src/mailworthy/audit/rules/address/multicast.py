"""A mail host has a multicast address.

## What it checks
No mail host has an address in 224.0.0.0/4 or ff00::/8.

## Why it matters
A multicast address stands for a group, and no TCP connection can be made to it.

## How to fix
Publish the public address of the host.
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
    references=("RFC 5321 §5.1",),
    bad=with_address("A", "224.0.0.25"),
    good=with_address("A", "192.0.2.29"),
)
def check(host: HostEvidence, addresses: AddressSet, domain: str) -> Iterator[Found]:
    yield from misused(
        host,
        addresses,
        domain,
        of(Kind.MULTICAST),
        "a multicast one that no connection can be made to",
    )
