"""Names that do not exist have a weaker DMARC policy than those that do.

## What it checks
`np=` is not weaker than `sp=`, or than `p=` where that is left out.

## Why it matters
No mail of yours comes from a name that does not exist: all of it is forged.
There is nothing to be careful about.

## How to fix
Write `np=reject`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.dmarc._shared import STRENGTH, change, governing, world
from mailworthy.domain.intent import Domain


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §4.7",),
    bad=world("v=DMARC1; p=quarantine; np=none; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; np=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence, wish: Domain | None) -> Iterator[Found]:
    judged = governing(dmarc)
    if judged is None or judged[1].np is None or (wish and wish.dmarc.np == judged[1].np):
        return
    read, record = judged
    others = record.sp or record.p
    if record.np and STRENGTH.index(record.np) < STRENGTH.index(others):
        message = f"has np={record.np} for names that do not exist, but {others} for those that do"
        yield change(dmarc.published, read.text, with_tag(read.text, "np", "reject"), message)
