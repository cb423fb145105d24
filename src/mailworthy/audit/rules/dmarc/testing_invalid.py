"""The tag t= in the DMARC record has no value that exists.

## What it checks
`t=`, where given, is `y` or `n`.

## Why it matters
Receivers read it as `n`: the policy is applied in full, although you may have wanted to test it first.

## How to fix
Write `t=y` to test, or leave it out.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag, without_tag
from mailworthy.audit.rules.dmarc._shared import change, first_problem, sound, tag_value, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.7", "RFC 9989 §4.8"),
    bad=world("v=DMARC1; p=quarantine; t=yes; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; t=n; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = first_problem(read, "t-invalid") if read else None
    if read and problem:
        message = f"has an invalid t=: {problem.message}"
        yield change(
            dmarc.published,
            read.text,
            with_tag(read.text, "t", "y")
            if (tag_value(read.text, "t") or "").lower().startswith("y")
            else without_tag(read.text, "t"),
            message,
        )
