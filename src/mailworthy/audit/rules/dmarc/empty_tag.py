"""The DMARC record has two semicolons in a row.

## What it checks
A tag stands between any two semicolons.

## Why it matters
Receivers put up with it, but the syntax does not allow it, and a strict reader rejects the record.

## How to fix
Remove the second semicolon.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import joined, pieces
from mailworthy.audit.rules.dmarc._shared import change, first_problem, sound, world


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §4.8",),
    bad=world("v=DMARC1;; p=quarantine; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com;"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = first_problem(read, "empty-tag") if read else None
    if read and problem:
        message = "has two semicolons with nothing between"
        yield change(dmarc.published, read.text, joined(pieces(read.text)), message)
