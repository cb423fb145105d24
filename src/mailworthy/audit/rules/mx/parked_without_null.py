"""A parked domain does not say that it takes no mail.

## What it checks
A domain that is said to be parked publishes a null MX.

## Why it matters
Without it, senders go on trying the domain's own address for days, if it has one.
With it, a mistyped address bounces at once, and receivers know that mail which claims to come
from the domain is forged.

## How to fix
Publish the null MX: `0 .`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.mx._shared import silent_domain
from mailworthy.names import printable


@rule(
    severity=Severity.ADVICE,
    references=("RFC 7505 §3",),
    bad=silent_domain(),
    good=silent_domain("example.com. MX 0 ."),
)
def check(mx: MxSet, domain: str, parked: bool) -> Iterator[Found]:
    if not parked or mx.answer.records:
        return
    yield Found(
        subject=domain,
        message=f"{printable(domain)} is parked, but has no null MX to say so",
        evidence=(cite(mx.answer),),
        remedy=Remedy(mend(mx.answer, domain, add=("0 .",))),
    )
