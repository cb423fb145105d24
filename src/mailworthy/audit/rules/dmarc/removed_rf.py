"""The DMARC record has the tag rf=, which DMARC has dropped.

## What it checks
The record does not have the tag `rf=`.

## Why it matters
It named a format for failure reports, of which there was only one.

## How to fix
Remove `rf=`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import without_tag
from mailworthy.audit.rules.dmarc._shared import change, governing, world
from mailworthy.names import printable


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §9.3", "RFC 9989 Appendix C.5.2"),
    bad=world("v=DMARC1; p=quarantine; rf=afrf; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    judged = governing(dmarc)
    if judged is None or "rf" not in dict(judged[1].removed):
        return
    read, record = judged
    value = dict(record.removed)["rf"]
    message = f"has rf={printable(value, 40)}, which DMARC no longer knows"
    yield change(dmarc.published, read.text, without_tag(read.text, "rf"), message)
