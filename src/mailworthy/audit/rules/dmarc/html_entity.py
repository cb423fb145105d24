"""The DMARC record has been published with HTML entities in it.

## What it checks
Characters stand for themselves in the record.

## Why it matters
A web form published `&#61;` or `&quot;` in place of the character, and the semicolon at its end cuts the record in pieces.
Receivers ignore the whole record: there is no policy, and nobody sends you reports.
Anybody can use your domain in the From of a message.

## How to fix
Enter the record again as plain text.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import decoded
from mailworthy.audit.rules.dmarc._shared import broken, change, mended, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.8",),
    bad=world("v=DMARC1; p&#61;quarantine; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    if found := broken(dmarc, "html-entity"):
        read, problem = found
        message = f"is damaged: {problem.message}"
        yield change(dmarc.published, read.text, mended(read.text, decoded(read.text)), message)
