"""A key record has the tag g=, which DKIM has dropped.

## What it checks
No `g=` stands in a key record.

## Why it matters
It once limited the key to certain addresses; today it limits nothing.
An empty `g=`, as old DomainKeys records have it, matched no address at all for the readers of that time.

## How to fix
Remove `g=`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import foreign
from mailworthy.audit.rules._tags import without_tag
from mailworthy.audit.rules.dkim._shared import change, line, usable
from mailworthy.dkim.record import DkimKey
from mailworthy.names import printable


@rule(
    over="selectors",
    severity=Severity.ADVICE,
    references=("RFC 6376 Appendix E", "RFC 4871 §3.6.1"),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; g=; k=rsa; p={RSA}"),)),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    judged = usable(each, key)
    if judged is None or judged[1].g is None or foreign(key.answer):
        return
    read, record = judged
    message = f"has g={printable(record.g or '', 40)}, which DKIM has dropped"
    yield change(each, key, message, read.text, without_tag(read.text, "g"))
