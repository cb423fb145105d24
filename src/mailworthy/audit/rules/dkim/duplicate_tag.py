"""A key record gives a tag twice.

## What it checks
No tag stands more than once in a key record.

## Why it matters
A tag given twice makes the whole record invalid; some receivers take the first, some the last, careful ones neither.

## How to fix
Keep one of them.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import name_of, pieces, rebuilt
from mailworthy.audit.rules.dkim._shared import broken, change, line, mended, new_key
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.WARNING,
    references=("RFC 6376 §3.2",),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; k=rsa; p={RSA}"),)),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "duplicate-tag"):
        read, problem = found
        new = rebuilt(read.text)
        values = {p.partition("=")[2].strip() for p in pieces(read.text) if name_of(p) == "p"}
        new = mended(read.text, new if len(values) < 2 else new_key(new))
        message = f"is not valid: {problem.message}"
        yield change(each, key, message, read.text, new)
