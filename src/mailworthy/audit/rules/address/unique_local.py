"""A mail host has a unique local IPv6 address in the public DNS.

## What it checks
No mail host has an AAAA record in fc00::/7.

## Why it matters
Unique local addresses are the private addresses of IPv6: they lead nowhere on the internet.
Senders that prefer IPv6 try this one first.

## How to fix
Publish the global IPv6 address of the host, or none.
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
    references=("RFC 4193 §4.4",),
    bad=with_address("AAAA", "fd00::25"),
    good=with_address("AAAA", "2001:db8::26"),
)
def check(host: HostEvidence, addresses: AddressSet, domain: str) -> Iterator[Found]:
    yield from misused(
        host, addresses, domain, of(Kind.ULA), "a unique local one that nobody outside can reach"
    )
