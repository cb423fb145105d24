"""The DMARC record has no policy.

## What it checks
The record has the tag `p=`.

## Why it matters
Receivers act as if it were `p=none`, and those of the older standard, or where there is no `rua=` either, ignore the record.

## How to fix
Write `p=none` while you look at the reports, then `p=quarantine` or `p=reject`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import bare
from mailworthy.audit.rules.dmarc._shared import (
    change,
    first_problem,
    misspelt,
    second,
    sound,
    world,
)
from mailworthy.domain.intent import Domain


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.7", "RFC 9989 §4.10.1"),
    bad=world("v=DMARC1; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=none; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence, wish: Domain | None) -> Iterator[Found]:
    read = sound(dmarc)
    if read is None or first_problem(read, "p-missing") is None or misspelt(read.text):
        return
    if bare(read.text, "DMARC1"):
        return  # dmarc-unquoted says why
    policy = (wish.dmarc.p if wish else None) or "none"
    yield change(dmarc.published, read.text, second(read.text, f"p={policy}"), "has no policy (p=)")
