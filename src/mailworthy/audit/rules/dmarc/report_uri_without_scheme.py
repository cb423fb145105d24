"""An address for reports lacks its mailto:.

## What it checks
Each entry in `rua=` and `ruf=` begins with `mailto:`.

## Why it matters
An address without it is no URI, and receivers ignore it: you get no reports.

## How to fix
Write `mailto:` in front of the address.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import change, first_problem, schemed, sound, uris, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.6", "RFC 9989 §4.8"),
    bad=world("v=DMARC1; p=quarantine; rua=dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = first_problem(read, "uri-no-scheme") if read else None
    if read and problem:
        new = uris(uris(read.text, "rua", schemed), "ruf", schemed)
        message = f"names an address for reports without mailto: {problem.message}"
        yield change(dmarc.published, read.text, new, message)
