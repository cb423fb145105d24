"""A parked domain has MX records that name hosts.

## What it checks
A domain that is said to be parked takes no mail: its only MX record is the null MX.

## Why it matters
A domain that nobody reads mail for collects spam, and answers to it.
The null MX lets senders know at once, and saves your server the work.

## How to fix
Withdraw the MX records and publish `0 .`, or say that the domain is not parked.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.mx._shared import silent_domain, texts
from mailworthy.names import printable


@rule(
    severity=Severity.ADVICE,
    references=("RFC 7505 §3",),
    bad=silent_domain("example.com. MX 10 mail.example.com."),
    good=silent_domain("example.com. MX 0 ."),
)
def check(mx: MxSet, domain: str, parked: bool) -> Iterator[Found]:
    if not parked or not mx.exchanges or mx.null:
        return
    yield Found(
        subject=domain,
        message=f"{printable(domain)} is parked, but {len(mx.exchanges)} MX record(s) name hosts",
        evidence=(cite(mx.answer),),
        remedy=Remedy(mend(mx.answer, domain, remove=texts(mx.exchanges), add=("0 .",))),
    )
