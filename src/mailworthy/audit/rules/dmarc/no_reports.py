"""The DMARC record only watches, and nobody gets the reports.

## What it checks
A record with `p=none` has an address in `rua=`.

## Why it matters
You do not learn who sends in the name of the domain, nor which of your own mail fails.
Watching is all that `p=none` is good for, so this record does nothing.

## How to fix
Add `rua=mailto:` with a mailbox that somebody, or a program, reads.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.dmarc._shared import (
    change,
    governing,
    misspelt,
    reports_to,
    tag_value,
    world,
)
from mailworthy.dmarc.record import Policy
from mailworthy.domain.intent import Domain


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §5.1.3", "RFC 9989 §4.7"),
    bad=world("v=DMARC1; p=none", blanks={"mailbox": "dmarc@example.com"}),
    good=world("v=DMARC1; p=none; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence, wish: Domain | None, parked: bool) -> Iterator[Found]:
    judged = governing(dmarc)
    if judged is None or parked or judged[1].p is not Policy.NONE:
        return
    read, _ = judged
    if tag_value(read.text, "rua") is None and misspelt(read.text) is None:
        new = with_tag(read.text, "rua", reports_to(wish))
        yield change(dmarc.published, read.text, new, "has p=none and no rua=: nobody gets reports")
