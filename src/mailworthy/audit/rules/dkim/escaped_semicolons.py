r"""A key record has backslashes before its semicolons.

## What it checks
No backslash of a zone file has become part of the record.

## Why it matters
Some zone files write `\;` for a semicolon.
Entered in a form, the backslash stays in the record, the version becomes `DKIM1\`, and receivers discard it.

## How to fix
Remove the backslashes.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import unescaped
from mailworthy.audit.rules.dkim._shared import broken, change, line, mended
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.2",),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1\\; k=rsa\\; p={RSA}"),)),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "escaped-semicolon"):
        text = found[0].text
        message = "has backslashes before its semicolons"
        yield change(each, key, message, text, mended(text, unescaped(text)))
