"""A semicolon is missing in a key record.

## What it checks
A semicolon stands between two tags.

## Why it matters
Without it the next tag becomes part of the value before: `v=DKIM1 k=rsa` is an unknown version.
Receivers find no usable key, so every signature made with this selector fails.
A message without a valid signature has only SPF to prove where it comes from, and SPF does not survive forwarding.

## How to fix
Put the semicolon where it is missing.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import separated
from mailworthy.audit.rules.dkim._shared import broken, change, line, mended
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.2",),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1 k=rsa; p={RSA}"),)),
    good=healthy(
        drop=("r202611.",),
        add=(line("r202611", f"v=DKIM1; k=rsa; n=made with bits=2048; p={RSA}"),),
    ),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "missing-semicolon"):
        read, problem = found
        new = mended(read.text, separated(read.text))
        yield change(each, key, f"is damaged: {problem.message}", read.text, new)
