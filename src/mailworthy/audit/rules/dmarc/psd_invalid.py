"""The tag psd= in the DMARC record has no value that exists.

## What it checks
`psd=`, where given, is `y`, `n` or `u`.

## Why it matters
Receivers read it as `u`, so that the domain does not mark the end of your organisation.

## How to fix
Write `psd=n`, or leave it out.
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
    bad=world("v=DMARC1; p=quarantine; psd=no; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; psd=u; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = first_problem(read, "psd-invalid") if read else None
    if read and problem:
        message = f"has an invalid psd=: {problem.message}"
        yield change(
            dmarc.published,
            read.text,
            with_tag(read.text, "psd", "n")
            if (tag_value(read.text, "psd") or "").lower() == "no"
            else without_tag(read.text, "psd"),
            message,
        )
