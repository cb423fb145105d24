"""The DMARC record begins with a quotation mark.

## What it checks
The record itself has no quotation marks around it; those of a zone file are not part of it.

## Why it matters
A record must begin with `v=`.
Receivers ignore the whole record: there is no policy, and nobody sends you reports.
Anybody can use your domain in the From of a message.

## How to fix
Enter the text without quotation marks in the form of your DNS provider.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import unquoted
from mailworthy.audit.rules.dmarc._shared import broken, change, mended, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.7",),
    bad=world('"v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"'),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    if found := broken(dmarc, "quoted"):
        read, _ = found
        message = "begins with a quotation mark, which became part of the record"
        yield change(dmarc.published, read.text, mended(read.text, unquoted(read.text)), message)
