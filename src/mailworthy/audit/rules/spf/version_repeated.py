"""The SPF record has a second v=spf1 inside.

## What it checks
`v=spf1` stands at the beginning of the record and nowhere else.

## Why it matters
Somebody put two records into one and left the second version where it was.
Receivers ignore it there, as a modifier that they do not know; but where the first record ended in
`all`, everything behind is ignored as well.

## How to fix
Take the second `v=spf1` away.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._shared import BASE, Spf, noted, said, world
from mailworthy.audit.rules.spf._text import without


@rule(
    severity=Severity.ADVICE,
    references=("RFC 7208 §4.5", "RFC 7208 §6"),
    bad=world(f"v=spf1 {BASE} v=spf1 ip4:198.51.100.7 ~all"),
    good=world(f"v=spf1 {BASE} ip4:198.51.100.7 ~all"),
)
def check(spf: Spf) -> Iterator[Found]:
    text, problems = noted(spf, "repeated-version")
    if problems:
        what = "has a second version inside, as if two records were put into one"
        yield said(spf, (text, problems), what, without(text, problems))
