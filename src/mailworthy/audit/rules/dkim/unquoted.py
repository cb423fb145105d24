"""Of a key record only v=DKIM1 is left, since it was written without quotes.

## What it checks
The record says more than `v=DKIM1`.

## Why it matters
In a zone file a semicolon begins a comment, unless it stands between quotes.
Whatever followed it was not published, the key included, so every signature made with this selector
fails.

## How to fix
Put quotes around the whole record: `"v=DKIM1; k=rsa; p=…"`.
A key longer than 255 characters needs several strings, each in quotes, on one line or in parentheses.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import COMMENTED, bare
from mailworthy.audit.rules.dkim._shared import FRESH, broken, change, line
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 1035 §5.1", "RFC 6376 §3.6.1"),
    bad=healthy(drop=("r202611.",), add=(line("r202611", "v=DKIM1"),), blanks={"public-key": RSA}),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    found = broken(each, key, "missing-p")
    if found and bare(found[0].text, "DKIM1"):
        message = f"says v=DKIM1 and no more: {COMMENTED}"
        yield change(each, key, message, found[0].text, FRESH)
