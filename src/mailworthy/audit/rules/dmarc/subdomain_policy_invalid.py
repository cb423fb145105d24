"""The DMARC policy for names below the domain is none that exists.

## What it checks
`sp=`, where it is given, is `none`, `quarantine` or `reject`.

## Why it matters
A typing error here costs the whole policy: receivers act as if the record said `p=none`, and without a valid `rua=` they ignore it.
Anybody can use your domain meanwhile.

## How to fix
Write one of the three words, or leave `sp=` out: then `p=` holds for them as well.
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
    bad=world("v=DMARC1; p=quarantine; sp=rejected; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; sp=Reject; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    read = sound(dmarc)
    problem = first_problem(read, "sp-invalid") if read else None
    if read and problem:
        value = nearest(tag_value(read.text, "sp") or "", Policy, 0.5)
        new = with_tag(read.text, "sp", value) if value else without_tag(read.text, "sp")
        message = f"has an invalid policy in sp=: {problem.message}"
        yield change(dmarc.published, read.text, new, message, note=_NOTE)
