"""The DMARC record begins with a space.

## What it checks
Nothing stands before `v=DMARC1`.

## Why it matters
The syntax allows no space there, and many receivers compare the first letters only.
For them there is no policy.

## How to fix
Remove the space.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import broken, change, mended, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.8",),
    bad=world(" v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    if found := broken(dmarc, "leading-whitespace"):
        read, _ = found
        message = "begins with a space"
        yield change(dmarc.published, read.text, mended(read.text, read.text), message)
