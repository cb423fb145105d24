"""A semicolon is missing in the DMARC record.

## What it checks
A semicolon stands between two tags.

## Why it matters
Without it the next tag becomes part of the value before: `v=DMARC1 p=none` has an unknown version.
Receivers ignore the whole record: there is no policy, and nobody sends you reports.
Anybody can use your domain in the From of a message.

## How to fix
Put the semicolon where it is missing.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import separated
from mailworthy.audit.rules.dmarc._shared import broken, change, mended, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.8",),
    bad=world("v=DMARC1, p=quarantine; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    if found := broken(dmarc, "missing-semicolon"):
        read, problem = found
        message = f"is damaged: {problem.message}"
        yield change(dmarc.published, read.text, mended(read.text, separated(read.text)), message)
