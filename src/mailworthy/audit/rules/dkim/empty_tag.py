"""A key record has two semicolons in a row.

## What it checks
A tag stands between any two semicolons.

## Why it matters
Some receivers put up with it.
The syntax does not allow it, and strict ones find no usable key: every signature made with this selector fails there.

## How to fix
Remove the second semicolon.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import joined, pieces
from mailworthy.audit.rules.dkim._shared import broken, change, line, mended
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.WARNING,
    references=("RFC 6376 §3.2", "RFC 6376 §6.1.2"),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1;; k=rsa; p={RSA}"),)),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA};"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "empty-tag"):
        read, _ = found
        new = mended(read.text, joined(pieces(read.text)))
        message = "is not valid: it has two semicolons with nothing between"
        yield change(each, key, message, read.text, new)
