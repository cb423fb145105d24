"""The SPF record says nothing about hosts that it does not name.

## What it checks
The record does not end in `?all`.

## Why it matters
`?all` means neutral: mail from a forger is treated as if you had published no record.
The record then helps your own mail a little, and hinders nobody else's.

## How to fix
End the record in `~all`: receivers mark what comes from elsewhere, and lose nothing.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._repair import closed
from mailworthy.audit.rules.spf._shared import BASE, Spf, noted, said, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §2.6.2", "RFC 7208 §8.2"),
    bad=world(f"v=spf1 {BASE} ?all"),
    # A single term may be neutral on purpose.
    good=world(f"v=spf1 {BASE} ?ip4:198.51.100.0/24 ~all"),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    text, problems = noted(spf, "neutral-all")
    if problems:
        what = "ends in ?all, which says nothing about the hosts that it does not name"
        yield said(spf, (text, problems), what, closed(text, sending))
