"""Names below the domain are left without a DMARC policy.

## What it checks
Where `p=` asks receivers to act, `sp=` is not `none`, unless `mailworthy.toml` says so.

## Why it matters
Whoever cannot forge the domain takes a name below it, such as `billing.example.com`, and readers see little difference.

## How to fix
Leave `sp=` out, so that `p=` holds for them as well, once the reports show that nothing of yours fails there.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag
from mailworthy.audit.rules.dmarc._shared import change, governing, world
from mailworthy.dmarc.record import Policy
from mailworthy.domain.intent import Domain


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §4.7",),
    bad=world("v=DMARC1; p=quarantine; sp=none; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=reject; sp=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence, wish: Domain | None) -> Iterator[Found]:
    judged = governing(dmarc)
    if judged is None or (wish and wish.dmarc.sp == "none"):
        return
    read, record = judged
    if record.p is not Policy.NONE and record.sp is Policy.NONE:
        message = f"has p={record.p}, but sp=none: any name below can be forged"
        yield change(dmarc.published, read.text, with_tag(read.text, "sp", record.p), message)
