"""A null MX stands beside MX records that name hosts.

## What it checks
A null MX (`0 .`) is the only MX record of its domain.

## Why it matters
The null MX says that the domain takes no mail, the other records say where to deliver it.
Which of the two a sender believes is chance, and some return the mail at once.

## How to fix
Withdraw the null MX if the domain takes mail, the other records if it does not.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.mx._shared import texts
from mailworthy.names import printable


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7505 §3",),
    bad=healthy(add=("example.com. MX 0 .",)),
    good=healthy(
        drop=("example.com. MX",),
        add=("example.com. MX 0 mail.example.com.",),
    ),
)
def check(mx: MxSet, domain: str, parked: bool) -> Iterator[Found]:
    if not mx.null or not mx.exchanges:
        return
    nulls = tuple(r for r in mx.records if r.null)
    surplus = texts(mx.exchanges if parked else nulls)
    yield Found(
        subject=domain,
        message=(
            f"{printable(domain)} has a null MX beside {len(mx.exchanges)} MX record(s) "
            "that name hosts"
        ),
        evidence=(cite(mx.answer),),
        remedy=Remedy(mend(mx.answer, domain, remove=surplus)),
    )
