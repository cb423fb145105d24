"""The DMARC policy for names that do not exist is none that exists.

## What it checks
`np=`, where it is given, is `none`, `quarantine` or `reject`.

## Why it matters
A typing error here costs the whole policy: receivers act as if the record said `p=none`, and without a valid `rua=` they ignore it.
Anybody can use your domain meanwhile.

## How to fix
Write one of the three words, or leave `np=` out: then `sp=` or `p=` holds.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import nearest, with_tag, without_tag
from mailworthy.audit.rules.dmarc._shared import change, first_problem, sound, tag_value, world
from mailworthy.dmarc.record import Policy

_NOTE = "so far receivers have acted as if p=none stood there: look at the reports first"


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.7", "RFC 9989 §4.10.1"),
    bad=world("v=DMARC1; p=quarantine; np=yes; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; np=reject; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = first_problem(read, "np-invalid") if read else None
    if read and problem:
        value = nearest(tag_value(read.text, "np") or "", Policy, 0.5)
        new = with_tag(read.text, "np", value) if value else without_tag(read.text, "np")
        message = f"has an invalid policy in np=: {problem.message}"
        yield change(dmarc.published, read.text, new, message, note=_NOTE)
