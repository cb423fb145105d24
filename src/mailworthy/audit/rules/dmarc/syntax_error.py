"""The DMARC record is not a list of tags.

## What it checks
The record is a list of `name=value`, with semicolons between them.

## Why it matters
Receivers ignore the part that they cannot read, or the whole record.
What you meant to say there is lost.

## How to fix
Remove what does not belong there.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import rebuilt, scrubbed
from mailworthy.audit.rules.dmarc._shared import broken, change, mended, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.8", "RFC 6376 §3.2"),
    bad=world("v=DMARC1; quarantine; p=quarantine; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    if found := broken(
        dmarc, "missing-equals", "empty-name", "bad-name", "too-many-tags", "bad-character"
    ):
        read, problem = found
        message = f"is not a list of tags: {problem.message}"
        yield change(
            dmarc.published,
            read.text,
            mended(read.text, rebuilt(scrubbed(read.text, "bad-character"), fold_case=True)),
            message,
        )
