"""The DMARC record has a version other than DMARC1.

## What it checks
The version is exactly `DMARC1`.

## Why it matters
There is no other version: DMARC as of RFC 9989 is still `DMARC1`.
Receivers ignore the whole record: there is no policy, and nobody sends you reports.
Anybody can use your domain in the From of a message.

## How to fix
Write `v=DMARC1`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import first_tag
from mailworthy.audit.rules.dmarc._shared import broken, change, mended, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.7", "RFC 9989 §4.8"),
    bad=world("v=DMARC1.0; p=quarantine; rua=mailto:dmarc@example.com"),
    good=world("v = DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    if found := broken(dmarc, "bad-version"):
        read, problem = found
        message = f"is ignored by receivers: {problem.message}"
        yield change(
            dmarc.published,
            read.text,
            mended(read.text, first_tag(read.text, "v", "DMARC1")),
            message,
        )
