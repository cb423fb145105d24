"""The DMARC policy is marked as being tested.

## What it checks
A record that asks receivers to act does not have `t=y`, unless `mailworthy.toml` says so.

## Why it matters
With `t=y` receivers apply the next weaker policy: `quarantine` does nothing, `reject` becomes `quarantine`.
Receivers of the older standard do not know the tag, and apply the policy in full.

## How to fix
Remove `t=y` when the reports show that your own mail passes.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import without_tag
from mailworthy.audit.rules.dmarc._shared import change, governing, world
from mailworthy.dmarc.record import Policy
from mailworthy.domain.intent import Domain


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §4.7", "RFC 9989 Appendix A.6"),
    bad=world("v=DMARC1; p=quarantine; t=y; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; t=n; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence, wish: Domain | None) -> Iterator[Found]:
    judged = governing(dmarc)
    if judged is None or not judged[1].t or judged[1].p is Policy.NONE or (wish and wish.dmarc.t):
        return
    read, record = judged
    message = f"has t=y: receivers treat p={record.p} as p={record.effective(record.p)}"
    yield change(dmarc.published, read.text, without_tag(read.text, "t"), message)
