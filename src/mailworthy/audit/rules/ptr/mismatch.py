"""The PTR record names a host that has another address.

## What it checks
A name in the PTR records of a sending address leads back to that address.

## Why it matters
Anybody can write any name into their reverse zone; only the way back proves it.
Where it fails, Gmail, Yahoo, Outlook and GMX refuse or defer the mail.

## How to fix
Have the PTR record set to the name of your mail host, whose A or AAAA record holds the
address.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence, Forward, Ptr
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.ptr._shared import (
    in_reverse_zone,
    own_name,
    request,
    reversed_to,
    unconfirmed,
)
from mailworthy.names import printable


@rule(
    over="addresses",
    severity=Severity.BLOCKER,
    references=("RFC 1912 §2.1", "RFC 8601 §2.7.3"),
    bad=reversed_to("www.example.com"),
    good=reversed_to("mx.example.com", more=("mx.example.com. A 192.0.2.25",)),
)
def check(address: AddressEvidence, ptr: Ptr, forward: Forward) -> Iterator[Found]:
    elsewhere = next((s for s in forward.names if s.ips), None)
    if elsewhere is None or not unconfirmed(address, forward):
        return
    if any(in_reverse_zone(name) for name in ptr.names):
        return
    family = elsewhere.aaaa if ":" in address.ip else elsewhere.a
    yield Found(
        subject=address.ip,
        message=(
            f"the PTR of {address.ip} names {printable(elsewhere.name, 100)}, which leads to "
            f"{', '.join(elsewhere.ips[:4])} instead"
        ),
        evidence=(cite(ptr.answer), cite(family)),
        remedy=request(address, ptr, own_name(address)),
    )
