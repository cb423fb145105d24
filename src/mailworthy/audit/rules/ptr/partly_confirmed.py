"""Of several PTR names, some do not lead back to the address.

## What it checks
Every name in the PTR records of a sending address leads back to that address.

## Why it matters
Receivers pick one of the names, and not always the same one.
Mail is refused now and then, which is harder to find than mail that is always refused.

## How to fix
Have the names removed that do not lead back.
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
    references=("RFC 1912 §2.1", "RFC 8601 §2.7.3"),
    bad=reversed_to("mail.example.com", "old.example.com"),
    good=reversed_to(
        "mail.example.com", "smtp.example.com", more=("smtp.example.com. A 192.0.2.25",)
    ),
)
def check(address: AddressEvidence, ptr: Ptr, forward: Forward) -> Iterator[Found]:
    good = confirmed(address, forward)
    stray = [s.name for s in forward.names if s.name not in forward.confirmed]
    if not good or not stray:
        return
    names = {s.name for s in good}
    best = next((h for h in address.hosts if h in names), good[0].name)
    yield Found(
        subject=address.ip,
        message=(
            f"{address.ip} has {len(ptr.answer.records)} PTR names, and "
            f"{printable(stray[0], 100)} does not lead back to it"
        ),
        evidence=(cite(ptr.answer),),
        remedy=request(address, ptr, best),
    )
