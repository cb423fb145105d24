"""The reverse name of an address is one that a provider made up.

## What it checks
The PTR name of a sending address is not built from the address, and does not say `dyn`, `pool`
or the like.

## Why it matters
Machines in homes have such names, and mail servers do not.
GMX, WEB.DE and many others refuse mail from them, others rate it down.

## How to fix
Have the PTR record set to the name of your mail host.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence, Forward, Ptr
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.ptr._shared import confirmed, own_name, request, reversed_to
from mailworthy.names import printable
from mailworthy.rdata.ptr import generic_ptr


@rule(
    over="addresses",
    severity=Severity.WARNING,
    references=("RFC 8601 §2.7.3",),
    bad=reversed_to(
        "static-192-0-2-25.isp.example.net",
        more=("static-192-0-2-25.isp.example.net. A 192.0.2.25",),
    ),
    good=reversed_to("mx25.example.net", more=("mx25.example.net. A 192.0.2.25",)),
)
def check(address: AddressEvidence, ptr: Ptr, forward: Forward) -> Iterator[Found]:
    names = [s.name for s in confirmed(address, forward)]
    if not names or any(generic_ptr(name, address.ip) is None for name in names):
        return
    yield Found(
        subject=address.ip,
        message=(
            f"the PTR of {address.ip} is {printable(names[0], 100)}, which looks like the name of "
            "a machine at home"
        ),
        evidence=(cite(ptr.answer),),
        remedy=request(address, ptr, own_name(address)),
    )
