"""The DMARC policy is meant for a part of the mail only.

## What it checks
The record does not use `pct=` to apply its policy to a share of the mail.

## Why it matters
`pct=` was dropped from DMARC: receivers of today apply the policy to all mail that fails, older ones to a part of it.
With `pct=0` the older ones apply the next weaker policy.

## How to fix
Take `pct=` out.
If the policy is not to be applied in full yet, publish the next weaker one.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import with_tag, without_tag
from mailworthy.audit.rules.dmarc._shared import STRENGTH, change, governing, partial, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 Appendix A.6", "RFC 7489 §6.3"),
    bad=world("v=DMARC1; p=quarantine; pct=20; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    judged = governing(dmarc)
    if judged is None or not partial(judged[1]):
        return
    read, record = judged
    pct = dict(record.removed)["pct"]
    new = without_tag(read.text, "pct")
    if not int(pct):
        new = with_tag(new, "p", STRENGTH[STRENGTH.index(record.p) - 1])
    message = (
        f"applies p={record.p} to {pct} % of the mail for old receivers, to all of it for new ones"
    )
    yield change(dmarc.published, read.text, new, message)
