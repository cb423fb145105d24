r"""The DMARC record has backslashes before its semicolons.

## What it checks
No backslash of a zone file has become part of the record.

## Why it matters
Some zone files write `\;` for a semicolon.
Entered in a form, the backslash stays, and the version becomes `DMARC1\`.
Receivers ignore the whole record: there is no policy, and nobody sends you reports.
Anybody can use your domain in the From of a message.

## How to fix
Remove the backslashes.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import unescaped
from mailworthy.audit.rules.dmarc._shared import broken, change, mended, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.7",),
    bad=world("v=DMARC1\\; p=quarantine\\; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    if found := broken(dmarc, "escaped-semicolon"):
        read, problem = found
        message = f"has backslashes in it: {problem.message}"
        yield change(dmarc.published, read.text, mended(read.text, unescaped(read.text)), message)
