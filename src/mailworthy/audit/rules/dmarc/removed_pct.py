"""The DMARC record has the tag pct=, which DMARC has dropped.

## What it checks
The record does not have the tag `pct=`.

## Why it matters
RFC 9989 took it out because receivers never agreed on it.
At `pct=100` it never meant anything.

## How to fix
Remove `pct=`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import without_tag
from mailworthy.audit.rules.dmarc._shared import change, governing, partial, world
from mailworthy.names import printable


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 Appendix A.6", "RFC 9989 §9.3"),
    bad=world("v=DMARC1; p=quarantine; pct=100; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    judged = governing(dmarc)
    if judged is None or "pct" not in dict(judged[1].removed):
        return
    read, record = judged
    value = dict(record.removed)["pct"]
    if partial(record):
        return  # dmarc-partial-policy says it
    message = f"has pct={printable(value, 40)}, which DMARC no longer knows"
    yield change(dmarc.published, read.text, without_tag(read.text, "pct"), message)
