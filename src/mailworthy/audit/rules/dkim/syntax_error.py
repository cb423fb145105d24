"""A key record is not a list of tags.

## What it checks
A key record is a list of `name=value`, with semicolons between them.

## Why it matters
Receivers must ignore a record with a part that is no tag.
Receivers find no usable key, so every signature made with this selector fails.
A message without a valid signature has only SPF to prove where it comes from, and SPF does not survive forwarding.

## How to fix
Remove what does not belong there.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import rebuilt
from mailworthy.audit.rules.dkim._shared import broken, change, line, mended
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.2", "RFC 6376 §6.1.2"),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; rsa; p={RSA}"),)),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA};"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "missing-equals", "empty-name", "bad-name", "too-many-tags"):
        read, problem = found
        message = f"is not a list of tags: {problem.message}"
        yield change(each, key, message, read.text, mended(read.text, rebuilt(read.text)))
