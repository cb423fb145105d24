"""The DMARC record does not begin with its version.

## What it checks
`v=DMARC1` is the first tag.

## Why it matters
Receivers ignore the whole record: there is no policy, and nobody sends you reports.
Anybody can use your domain in the From of a message.

## How to fix
Move `v=DMARC1` to the front.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import first_tag
from mailworthy.audit.rules.dmarc._shared import broken, change, mended, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.7",),
    bad=world("p=quarantine; v=DMARC1; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    if found := broken(dmarc, "not-first-v"):
        read, _ = found
        message = "has v=DMARC1 behind other tags, so that receivers ignore it"
        yield change(
            dmarc.published,
            read.text,
            mended(read.text, first_tag(read.text, "v", "DMARC1")),
            message,
        )
