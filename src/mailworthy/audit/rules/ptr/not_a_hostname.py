"""The PTR record names something that is no host name.

## What it checks
The name in a PTR record has two labels or more, made of letters, digits and hyphens.

## Why it matters
A receiver compares the reverse name with the name in EHLO, and that one cannot hold an
underscore.
Some refuse reverse names that are not valid as host names.

## How to fix
Have the PTR record set to the name of your mail host.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence, Forward, Ptr
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.ptr._shared import confirmed, own_name, request, reversed_to
from mailworthy.names import is_fqdn, printable


@rule(
    over="addresses",
    severity=Severity.WARNING,
    references=("RFC 1123 §2.1", "RFC 5321 §2.3.5"),
    bad=reversed_to("mail_1.example.com", more=("mail_1.example.com. A 192.0.2.25",)),
    good=reversed_to("mail-1.example.com", more=("mail-1.example.com. A 192.0.2.25",)),
)
def check(address: AddressEvidence, ptr: Ptr, forward: Forward) -> Iterator[Found]:
    wrong = [s.name for s in confirmed(address, forward) if not is_fqdn(s.name)]
    if not wrong:
        return
    yield Found(
        subject=address.ip,
        message=f"the PTR of {address.ip} is {printable(wrong[0], 100)}, which is no host name",
        evidence=(cite(ptr.answer),),
        remedy=request(address, ptr, own_name(address)),
    )
