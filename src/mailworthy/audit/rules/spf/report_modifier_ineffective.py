"""The SPF record asks for reports, but does not say where to.

## What it checks
A record with `rp=` or `rr=` has `ra=` as well.

## Why it matters
`ra=` names the mailbox for reports about SPF failures; without it the other two do nothing.

## How to fix
Take them away: DMARC's `rua=` brings reports about SPF from every large receiver.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._shared import BASE, Spf, noted, said, world
from mailworthy.audit.rules.spf._text import without


@rule(
    severity=Severity.ADVICE,
    references=("RFC 6652 §3",),
    bad=world(f"v=spf1 {BASE} ~all rp=10"),
    good=world(f"v=spf1 {BASE} ~all ra=postmaster rp=10"),
)
def check(spf: Spf) -> Iterator[Found]:
    text, problems = noted(spf, "report-without-ra")
    if problems:
        what = "asks for reports without 'ra=', so that nobody sends any"
        yield said(spf, (text, problems), what, without(text, problems))
