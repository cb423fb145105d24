"""The DMARC record has a tag that DMARC does not know.

## What it checks
Each tag of the record is one that RFC 9989 lists.

## Why it matters
Receivers ignore it.
If it was meant to say something, nobody heard it.

## How to fix
Remove it.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import without_tag
from mailworthy.audit.rules.dmarc._shared import change, governing, misspelt, world
from mailworthy.names import printable


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §4.7", "RFC 9989 §9.3"),
    bad=world("v=DMARC1; p=quarantine; owner=Alice; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    judged = governing(dmarc)
    if judged is None or not judged[1].unknown or misspelt(judged[0].text):
        return
    read, record = judged
    name = record.unknown[0][0]
    message = f"has the tag {printable(name, 40)}=, which DMARC does not know"
    yield change(dmarc.published, read.text, without_tag(read.text, name), message)
