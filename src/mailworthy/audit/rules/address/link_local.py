"""A mail host has a link-local address in the public DNS.

## What it checks
No mail host has an address in 169.254.0.0/16 or fe80::/10.

## Why it matters
Link-local addresses are valid on one cable only.
In IPv6 every interface has one, and it is easily copied instead of the global address.

## How to fix
Publish the global address of the interface: `ip -6 address show scope global` lists it.
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
    references=("RFC 3927 §2.7", "RFC 4291 §2.5.6"),
    bad=with_address("AAAA", "fe80::25"),
    good=with_address("AAAA", "2001:db8::27"),
)
def check(host: HostEvidence, addresses: AddressSet, domain: str) -> Iterator[Found]:
    yield from misused(
        host,
        addresses,
        domain,
        of(Kind.LINK_LOCAL),
        "a link-local one that nobody outside can reach",
    )
