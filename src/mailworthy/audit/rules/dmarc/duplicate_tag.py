"""The DMARC record gives a tag twice.

## What it checks
No tag stands more than once in the record.

## Why it matters
Some receivers take the first, some the last, and others ignore the record.
Often two records were pasted into one.

## How to fix
Keep one of them.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import rebuilt
from mailworthy.audit.rules.dmarc._shared import broken, change, mended, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.7", "RFC 6376 §3.2"),
    bad=world("v=DMARC1; p=quarantine; p=reject; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    if found := broken(dmarc, "duplicate-tag"):
        read, problem = found
        message = f"is not valid: {problem.message}"
        yield change(
            dmarc.published,
            read.text,
            mended(read.text, rebuilt(read.text, fold_case=True)),
            message,
        )
