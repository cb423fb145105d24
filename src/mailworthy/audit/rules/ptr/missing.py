"""A sending address has no PTR record.

## What it checks
Every address that mail leaves from has at least one PTR record in the reverse zone.

## Why it matters
Gmail, Yahoo, Outlook and GMX refuse or defer mail from addresses without reverse DNS.
It is the first thing a receiver looks at, before any of your mail is read.

## How to fix
The reverse zone belongs to whoever gave you the address: a hosting provider sets it in its
control panel or on request.
Ask for the name of your mail host, the one that its A or AAAA record gives this address to.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence, Ptr
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthy import PTR4, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.ptr._shared import counts, request


@rule(
    over="addresses",
    severity=Severity.BLOCKER,
    references=("RFC 1912 §2.1", "RFC 8601 §2.7.3"),
    bad=healthy(drop=(PTR4,)),
    good=healthy(),
)
def check(address: AddressEvidence, ptr: Ptr) -> Iterator[Found]:
    if not counts(address) or ptr.names:
        return
    host = address.hosts[0]
    yield Found(
        subject=address.ip,
        message=f"{address.ip} has no reverse DNS; {host} sends from it",
        evidence=(cite(ptr.answer),),
        remedy=request(address, ptr, host),
    )
