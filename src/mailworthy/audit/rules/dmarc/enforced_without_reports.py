"""The DMARC policy is enforced, and nobody gets the reports.

## What it checks
A record with `p=quarantine` or `p=reject` has an address in `rua=`.
A domain without mail may do without.

## Why it matters
You do not learn who sends in the name of the domain, nor which of your own mail fails.
With an enforced policy that mail is lost, and no one tells you.

## How to fix
Add `rua=mailto:` with a mailbox that somebody, or a program, reads.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence, MxSet
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
    severity=Severity.ADVICE,
    references=("RFC 9989 §5.1.3", "RFC 9989 §8"),
    bad=world("v=DMARC1; p=quarantine", blanks={"mailbox": "dmarc@example.com"}),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence, wish: Domain | None, parked: bool, mx: MxSet) -> Iterator[Found]:
    judged = governing(dmarc)
    if judged is None or parked or mx.refuses or judged[1].p is Policy.NONE:
        return
    read, record = judged
    if tag_value(read.text, "rua") is None and misspelt(read.text) is None:
        new = with_tag(read.text, "rua", reports_to(wish))
        message = f"has p={record.p} and no rua=: nobody learns which mail is lost"
        yield change(dmarc.published, read.text, new, message)
