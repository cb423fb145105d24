"""An address has more than ten PTR names.

## What it checks
A sending address has at most ten PTR records.

## Why it matters
Receivers read ten names and ignore the rest, and not everybody's ten are the same.
Whether the name of your mail host is among them is chance.

## How to fix
Keep the name with which the server introduces itself.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence, Forward, Ptr
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.ptr._shared import MAX_NAMES, counts, own_name, request, reversed_to


@rule(
    over="addresses",
    severity=Severity.WARNING,
    references=("RFC 8601 §3", "RFC 7208 §4.6.4"),
    bad=reversed_to(
        *(f"h{n}.example.com" for n in range(11)),
        more=tuple(f"h{n}.example.com. A 192.0.2.25" for n in range(11)),
    ),
    good=reversed_to(
        *(f"h{n}.example.com" for n in range(10)),
        more=tuple(f"h{n}.example.com. A 192.0.2.25" for n in range(10)),
    ),
)
def check(address: AddressEvidence, ptr: Ptr, forward: Forward) -> Iterator[Found]:
    count = len(ptr.answer.records)
    if not counts(address) or not forward.confirmed or count <= MAX_NAMES:
        return
    yield Found(
        subject=address.ip,
        message=f"{address.ip} has {count} PTR names; receivers read {MAX_NAMES}",
        evidence=(cite(ptr.answer),),
        remedy=request(address, ptr, own_name(address)),
    )
