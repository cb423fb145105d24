"""The DMARC record has the name of a tag in capitals.

## What it checks
The names of tags are written in lower case.

## Why it matters
RFC 9989 reads them in any case, but readers that share their code with DKIM do not know `P=`.

## How to fix
Write the names in lower case.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import name_of, pieces, renamed
from mailworthy.audit.rules.dmarc._shared import change, first_problem, sound, world


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §4.8", "RFC 6376 §3.2"),
    bad=world("v=DMARC1; P=quarantine; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = first_problem(read, "uppercase-tag") if read else None
    if read and problem:
        message = f"has the name of a tag in capitals: {problem.message}"
        yield change(dmarc.published, read.text, _lower(read.text), message)


def _lower(text: str) -> str:
    for name in [name_of(piece) for piece in pieces(text)]:
        text = renamed(text, name, name.lower())
    return text
