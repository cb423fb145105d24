"""An alignment mode in the DMARC record is none that exists.

## What it checks
`adkim=` and `aspf=`, where given, are `r` (relaxed) or `s` (strict).

## Why it matters
Receivers fall back to relaxed alignment, which is looser than what was probably meant.

## How to fix
Write the single letter, or leave the tag out.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag, without_tag
from mailworthy.audit.rules.dmarc._shared import change, first_problem, sound, tag_value, world


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §4.7", "RFC 9989 §4.8"),
    bad=world("v=DMARC1; p=quarantine; adkim=strict; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; adkim=s; aspf=R; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    for name in ("adkim", "aspf"):
        problem = first_problem(read, f"{name}-invalid") if read else None
        if read and problem:
            letter = (tag_value(read.text, name) or "")[:1].lower()
            fits = letter in ("r", "s")
            new = with_tag(read.text, name, letter) if fits else without_tag(read.text, name)
            message = f"has an invalid {name}=: {problem.message}"
            yield change(dmarc.published, read.text, new, message)
