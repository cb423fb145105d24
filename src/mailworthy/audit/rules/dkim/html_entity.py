"""A key record has been published with HTML entities in it.

## What it checks
Characters stand for themselves in a key record.

## Why it matters
A web form published `&quot;` or `&#61;` in place of the character.
The semicolon at its end cuts the record in pieces that mean nothing to receivers.

## How to fix
Enter the record again as plain text.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import decoded
from mailworthy.audit.rules.dkim._shared import broken, change, line, mended
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.2",),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"v&#61;DKIM1; k&#61;rsa; p&#61;{RSA}"),)),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; n=5&6; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "html-entity"):
        read, problem = found
        new = mended(read.text, decoded(read.text))
        yield change(each, key, f"is damaged: {problem.message}", read.text, new)
