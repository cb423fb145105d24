"""The options for failure reports are none that exist.

## What it checks
`fo=` is `0` or `1`, with `d` and `s`, each once and separated by colons.

## Why it matters
Receivers read it as `fo=0`, and you get fewer failure reports than you meant to.

## How to fix
Write for example `fo=1:d:s`, or leave it out.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import without_tag
from mailworthy.audit.rules.dmarc._shared import change, first_problem, sound, world


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §4.7", "RFC 9989 §4.8"),
    bad=world(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com; ruf=mailto:dmarc@example.com; fo=0,1"
    ),
    good=world(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com; ruf=mailto:dmarc@example.com; fo=1:d:s"
    ),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = first_problem(read, "fo-invalid") if read else None
    if read and problem:
        message = "has invalid options for failure reports (fo=); receivers read fo=0"
        yield change(dmarc.published, read.text, without_tag(read.text, "fo"), message)
