"""The policy does not stand right behind the version.

## What it checks
`p=` is the second tag.

## Why it matters
RFC 9989 allows any order, but readers of the older standard want `p=` right behind `v=`, and some ignore the record otherwise.

## How to fix
Move `p=` behind `v=DMARC1`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import (
    change,
    first_problem,
    second,
    sound,
    tag_value,
    world,
)


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §4.7", "RFC 7489 §6.3"),
    bad=world("v=DMARC1; rua=mailto:dmarc@example.com; p=quarantine"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = first_problem(read, "p-not-second") if read else None
    if read and problem:
        message = "has p= further back; readers of RFC 7489 want it right behind v="
        yield change(
            dmarc.published, read.text, second(read.text, f"p={tag_value(read.text, 'p')}"), message
        )
