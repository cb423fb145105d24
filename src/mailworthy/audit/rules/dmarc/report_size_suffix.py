"""An address for reports has a size limit, which DMARC has dropped.

## What it checks
No entry in `rua=` and `ruf=` ends with a size such as `!10m`.

## Why it matters
Receivers ignore the size; some old ones stumble over it.

## How to fix
Remove the exclamation mark and what follows.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import change, first_problem, sound, uris, world


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §4.6", "RFC 9989 §4.8"),
    bad=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com!10m"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc%21report@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = first_problem(read, "obsolete-size") if read else None
    if read and problem:
        new = uris(uris(read.text, "rua", _bare), "ruf", _bare)
        message = "has a size limit behind an address for reports, which is ignored"
        yield change(dmarc.published, read.text, new, message)


def _bare(uri: str) -> str:
    return uri.partition("!")[0]
