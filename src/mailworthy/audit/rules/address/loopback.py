"""A mail host has a loopback address.

## What it checks
No mail host has an address in 127.0.0.0/8, nor ::1.

## Why it matters
The loopback address means the machine itself.
Every sender would deliver to its own port 25, recognise itself, and return the mail as a loop.

## How to fix
Publish the public address of the host.
A domain that takes no mail publishes a null MX instead.
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
    references=("RFC 6890 §2.2.2", "RFC 6890 §2.2.3"),
    bad=with_address("A", "127.0.0.1"),
    good=with_address("A", "192.0.2.27"),
)
def check(host: HostEvidence, addresses: AddressSet, domain: str) -> Iterator[Found]:
    yield from misused(
        host, addresses, domain, of(Kind.LOOPBACK), "with which every sender reaches itself"
    )
