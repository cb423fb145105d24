"""An address has more than one PTR name.

## What it checks
A sending address has exactly one PTR record.

## Why it matters
Several are allowed, but a receiver picks one by chance.
If it is not the name in your EHLO, the mail looks a little worse every time.

## How to fix
Keep the name with which the server introduces itself.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence, Forward, Ptr
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.ptr._shared import MAX_NAMES, confirmed, request, reversed_to
from mailworthy.names import printable


@rule(
    over="addresses",
    severity=Severity.ADVICE,
    references=("RFC 2181 §10.2", "RFC 8601 §3"),
    bad=reversed_to(
        "mail.example.com", "smtp.example.com", more=("smtp.example.com. A 192.0.2.25",)
    ),
    good=reversed_to("mail.example.com", more=("smtp.example.com. A 192.0.2.25",)),
)
def check(address: AddressEvidence, ptr: Ptr, forward: Forward) -> Iterator[Found]:
    good = {s.name for s in confirmed(address, forward)}
    count = len(ptr.answer.records)
    if not 1 < count <= MAX_NAMES or len(good) < count:
        return
    best = next((h for h in address.hosts if h in good), forward.confirmed[0])
    yield Found(
        subject=address.ip,
        message=f"{address.ip} has {count} PTR names: {_list(ptr)}",
        evidence=(cite(ptr.answer),),
        remedy=request(address, ptr, best),
    )


def _list(ptr: Ptr) -> str:
    return ", ".join(printable(name, 80) for name in ptr.names[:4])
