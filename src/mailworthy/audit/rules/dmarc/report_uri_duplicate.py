"""An address for reports is listed twice.

## What it checks
No entry stands more than once in `rua=` or in `ruf=`.

## Why it matters
Receivers may send every report twice, and your statistics count it twice.

## How to fix
Remove one of them.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import change, first_problem, sound, uris, world


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §4.6", "RFC 9989 §4.8"),
    bad=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com,mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com,mailto:two@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = first_problem(read, "uri-duplicate") if read else None
    if read and problem:
        new = uris(uris(read.text, "rua", str), "ruf", str)
        message = f"lists an address for reports twice: {problem.message}"
        yield change(dmarc.published, read.text, new, message)
