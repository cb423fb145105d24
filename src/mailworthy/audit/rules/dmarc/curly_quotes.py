"""The DMARC record has the quotation marks of a word processor.

## What it checks
No curly quotation marks stand in the record.

## Why it matters
A word processor or a web page turned straight marks into curly ones, and they became part of the record.
Receivers ignore the whole record: there is no policy, and nobody sends you reports.
Anybody can use your domain in the From of a message.

## How to fix
Remove them, and copy the record from a plain text file.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import scrubbed
from mailworthy.audit.rules.dmarc._shared import broken, change, mended, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.8",),
    bad=world("\xe2\x80\x9cv=DMARC1; p=quarantine; rua=mailto:dmarc@example.com\xe2\x80\x9d"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    if found := broken(dmarc, "typographic-quotes"):
        read, problem = found
        message = f"is damaged: {problem.message}"
        yield change(
            dmarc.published,
            read.text,
            mended(read.text, scrubbed(read.text, "typographic-quotes")),
            message,
        )
