"""A key record has no key.

## What it checks
Each key record has the tag `p=`.

## Why it matters
`p=` is the key itself and the one tag that a record must have.
Receivers find no usable key, so every signature made with this selector fails.
A message without a valid signature has only SPF to prove where it comes from, and SPF does not survive forwarding.

## How to fix
Publish the record with the key.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import bare
from mailworthy.audit.rules.dkim._shared import broken, change, line, mended, new_key
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.6.1",),
    bad=healthy(
        drop=("r202611.",),
        add=(line("r202611", "v=DKIM1; k=rsa; t=s"),),
        blanks={"public-key": RSA},
    ),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    found = broken(each, key, "missing-p")
    if found and not bare(found[0].text, "DKIM1"):
        text = found[0].text
        new = mended(text, new_key(text))
        yield change(each, key, "has no p=, which is the key itself", text, new)
