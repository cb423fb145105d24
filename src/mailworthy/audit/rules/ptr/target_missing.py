"""The PTR record names a host that does not exist.

## What it checks
At least one name in the PTR records of a sending address has an A or AAAA record.

## Why it matters
Receivers look the name up to see whether it leads back to the address.
A name that leads nowhere counts as no reverse DNS at all, and the large receivers refuse the
mail.

## How to fix
Have the PTR record set to the name of your mail host.
If the name in it is right, publish the address under that name.
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
    bad=reversed_to("gone.example.com"),
    good=reversed_to("here.example.com", more=("here.example.com. A 192.0.2.25",)),
)
def check(address: AddressEvidence, ptr: Ptr, forward: Forward) -> Iterator[Found]:
    if not unconfirmed(address, forward) or any(s.ips for s in forward.names):
        return
    if any(in_reverse_zone(name) for name in ptr.names):
        return
    first = forward.names[0]
    yield Found(
        subject=address.ip,
        message=f"the PTR of {address.ip} names {printable(first.name, 100)}, which has no address",
        evidence=(cite(ptr.answer), cite(first.a), cite(first.aaaa)),
        remedy=request(address, ptr, own_name(address)),
    )
