"""Options for failure reports are given, but no address for them.

## What it checks
Where there is `fo=`, there is `ruf=`.

## Why it matters
`fo=` says when to send failure reports.
Without `ruf=` nobody gets one, and receivers ignore it.

## How to fix
Leave `fo=` out: the reports in `rua=` are what you need, and few receivers send failure reports at all.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import without_tag
from mailworthy.audit.rules.dmarc._shared import change, first_problem, sound, world


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §4.7",),
    bad=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com; fo=1"),
    good=world(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com; ruf=mailto:dmarc@example.com; fo=1"
    ),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = first_problem(read, "fo-without-ruf") if read else None
    if read and problem:
        message = "has fo=, but no ruf= to send failure reports to"
        yield change(dmarc.published, read.text, without_tag(read.text, "fo"), message)
