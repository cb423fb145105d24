"""The DMARC policy only watches.

## What it checks
The record asks receivers to act on mail that fails (`p=quarantine` or `p=reject`).
With a `mailworthy.toml` the question is left to that file.

## Why it matters
`p=none` is the right way to begin.
As long as it stays, a forged message is treated as if there were no policy.

## How to fix
Read the reports for some weeks, set right what is yours and fails, then publish `p=quarantine`.
Whether `p=reject` comes after it depends on who writes from the domain.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence, Read
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.dmarc._shared import change, first_problem, governing, world
from mailworthy.dmarc.record import DmarcRecord, Policy
from mailworthy.domain.intent import Domain

_NOTE = "only when the reports of some weeks show that your own mail passes"


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §5.1.5", "RFC 9989 §5.1.7"),
    bad=world("v=DMARC1; p=none; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence, wish: Domain | None, parked: bool) -> Iterator[Found]:
    judged = governing(dmarc)
    if judged is None or parked or wish is not None:
        return
    read, record = judged
    if record.p is not Policy.NONE or not record.rua or _unclear(read):
        return
    new = with_tag(read.text, "p", Policy.QUARANTINE)
    if record.sp is Policy.NONE:
        new = with_tag(new, "sp", Policy.QUARANTINE)
    if record.np is Policy.NONE:
        new = with_tag(new, "np", Policy.QUARANTINE)
    message = "has p=none: receivers are not asked to act on forged mail"
    yield change(dmarc.published, read.text, new, message, note=_NOTE)


def _unclear(read: Read[DmarcRecord]) -> bool:
    """Whether p=none is only what a faulty record comes to."""
    return first_problem(read, "p-missing", "p-invalid", "sp-invalid", "np-invalid") is not None
