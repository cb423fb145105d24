"""The PTR record was written without its final dot.

## What it checks
No PTR record names a host in the reverse zone itself, such as
`mail.example.com.2.0.192.in-addr.arpa`.

## Why it matters
A name without a final dot gets the name of the zone appended.
The result is the name of no host, so that the address has no usable reverse DNS, and the large
receivers refuse its mail.

## How to fix
Have the record written with its final dot: `mail.example.com.`.
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
    bad=reversed_to("mail.example.com.2.0.192.in-addr.arpa"),
    good=reversed_to("mail.example.com"),
)
def check(address: AddressEvidence, ptr: Ptr, forward: Forward) -> Iterator[Found]:
    wrong = next((name for name in ptr.names if in_reverse_zone(name)), None)
    if wrong is None or not unconfirmed(address, forward):
        return
    yield Found(
        subject=address.ip,
        message=f"the PTR of {address.ip} lacks its final dot: {printable(wrong, 100)}",
        evidence=(cite(ptr.answer),),
        remedy=request(address, ptr, own_name(address)),
    )
