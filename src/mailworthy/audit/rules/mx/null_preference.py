"""A null MX does not have the preference 0.

## What it checks
A null MX is written `0 .`.

## Why it matters
The standard says so, and software that compares whole records does not recognise another
number.

## How to fix
Replace the record with `0 .`.
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
    bad=silent_domain("example.com. MX 10 ."),
    good=silent_domain("example.com. MX 0 ."),
)
def check(mx: MxSet, domain: str) -> Iterator[Found]:
    wrong = tuple(r for r in mx.records if r.null and r.preference)
    if not wrong or mx.exchanges:
        return
    right = any(r.null and not r.preference for r in mx.records)
    yield Found(
        subject=domain,
        message=(
            f"the null MX of {printable(domain)} has the preference {wrong[0].preference}, not 0"
        ),
        evidence=(cite(mx.answer),),
        remedy=Remedy(
            mend(mx.answer, domain, remove=texts(wrong), add=() if right else ("0 .",)),
        ),
    )
