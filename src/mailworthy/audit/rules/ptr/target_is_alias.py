"""The PTR record names an alias (CNAME) instead of a host.

## What it checks
The name in a PTR record has addresses of its own and is no CNAME.

## Why it matters
A PTR record names the one true name of a host.
Receivers that follow no alias on the way back do not find the address.

## How to fix
Have the PTR record set to the name that the alias leads to.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence, Forward, Ptr
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.ptr._shared import confirmed, request, reversed_to
from mailworthy.names import printable


@rule(
    over="addresses",
    severity=Severity.WARNING,
    references=("RFC 1912 §2.1", "RFC 2181 §10.2"),
    bad=reversed_to("smtp.example.com", more=("smtp.example.com. CNAME mail.example.com.",)),
    good=reversed_to("smtp.example.com", more=("smtp.example.com. A 192.0.2.25",)),
)
def check(address: AddressEvidence, ptr: Ptr, forward: Forward) -> Iterator[Found]:
    alias = next((s for s in confirmed(address, forward) if s.chain), None)
    if alias is None:
        return
    host = alias.chain[-1]
    yield Found(
        subject=address.ip,
        message=(
            f"the PTR of {address.ip} names {printable(alias.name, 100)}, an alias of "
            f"{printable(host, 100)}"
        ),
        evidence=(cite(ptr.answer), cite(alias.aaaa if ":" in address.ip else alias.a)),
        remedy=request(address, ptr, host),
    )
