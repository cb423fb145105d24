"""A tag of the DMARC record is misspelt.

## What it checks
Tags that DMARC does not know are compared with those it knows, by name and by value.

## Why it matters
Receivers ignore unknown tags without a word: `ruaa=` sends no reports, `aspff=` changes nothing.

## How to fix
Correct the name.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import renamed
from mailworthy.audit.rules.dmarc._shared import change, misspelt, sound, world
from mailworthy.names import printable


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.7",),
    bad=world("v=DMARC1; p=quarantine; ruaa=mailto:dmarc@example.com"),
    good=world(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com; ruf=mailto:dmarc@example.com"
    ),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    found = misspelt(read.text) if read else None
    if read and found:
        wrong, right = found
        message = (
            f"has the tag {printable(wrong, 40)}=, which nobody knows; {right}= was probably meant"
        )
        yield change(dmarc.published, read.text, renamed(read.text, wrong, right), message)
