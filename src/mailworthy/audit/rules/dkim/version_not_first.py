"""A key record does not begin with its version.

## What it checks
Where a key record has `v=`, that is the first tag.

## Why it matters
The standard asks for it, and careful receivers ignore a record that does otherwise.

## How to fix
Move `v=DKIM1` to the front.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import first_tag
from mailworthy.audit.rules.dkim._shared import broken, change, line, mended
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.WARNING,
    references=("RFC 6376 §3.6.1",),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"k=rsa; v=DKIM1; p={RSA}"),)),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"k=rsa; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "version-not-first"):
        text = found[0].text
        message = "has v=DKIM1 behind other tags; it must be the first"
        yield change(each, key, message, text, mended(text, first_tag(text, "v", "DKIM1")))
