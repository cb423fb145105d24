"""A key record has two semicolons in a row.

## What it checks
A tag stands between any two semicolons.

## Why it matters
Receivers put up with it, but the syntax does not allow it, and a strict reader rejects the record.

## How to fix
Remove the second semicolon.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import foreign
from mailworthy.audit.rules._tags import joined, pieces
from mailworthy.audit.rules.dkim._shared import change, line, usable
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.ADVICE,
    references=("RFC 6376 §3.2",),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1;; k=rsa; p={RSA}"),)),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA};"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    judged = usable(each, key)
    if judged is None or foreign(key.answer) or not judged[0].parsed.has("empty-tag"):
        return
    text = judged[0].text
    yield change(each, key, "has two semicolons with nothing between", text, joined(pieces(text)))
