"""A key record has a version other than DKIM1.

## What it checks
Where a key record has `v=`, that is `DKIM1`, in capitals.

## Why it matters
Receivers must discard a record with any other version.
Receivers find no usable key, so every signature made with this selector fails.
A message without a valid signature has only SPF to prove where it comes from, and SPF does not survive forwarding.

## How to fix
Write `v=DKIM1`.
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
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.6.1", "RFC 6376 §6.1.2"),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f"v=dkim1; k=rsa; p={RSA}"),)),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"k=rsa; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "bad-version"):
        read, problem = found
        message = f"is discarded by receivers: {problem.message}"
        new = mended(read.text, first_tag(read.text, "v", "DKIM1"))
        yield change(each, key, message, read.text, new)
