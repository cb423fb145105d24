"""A mail host has a private IPv4 address in the public DNS.

## What it checks
No mail host has an A record in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.

## Why it matters
Private addresses mean something different in every network: senders on the internet connect to
a machine of their own, or to none.
Often the record leaked from the view of a zone that was meant for the inside.

## How to fix
Publish the public address of the host, the one that the router forwards port 25 from.
Keep the private one in a DNS view for your own network.
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
    references=("RFC 1918 §3", "RFC 1918 §5"),
    bad=with_address("A", "192.168.0.25"),
    good=with_address("A", "192.0.2.26"),
)
def check(host: HostEvidence, addresses: AddressSet, domain: str) -> Iterator[Found]:
    yield from misused(
        host, addresses, domain, of(Kind.PRIVATE), "a private one that nobody outside can reach"
    )
