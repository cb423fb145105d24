"""A key record has the quotation marks of a word processor.

## What it checks
No curly quotation marks stand in a key record.

## Why it matters
A word processor or a web page turned straight marks into curly ones, and they became part of the record.
Receivers find no usable key, so every signature made with this selector fails.
A message without a valid signature has only SPF to prove where it comes from, and SPF does not survive forwarding.

## How to fix
Remove them, and copy the record from a plain text file.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import scrubbed
from mailworthy.audit.rules.dkim._shared import broken, change, line, mended
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.2",),
    bad=healthy(
        drop=("r202611.",),
        add=(line("r202611", f"\xe2\x80\x9cv=DKIM1; k=rsa; p={RSA}\xe2\x80\x9d"),),
    ),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "typographic-quotes"):
        text = found[0].text
        new = mended(text, scrubbed(text, "typographic-quotes"))
        yield change(each, key, "has curly quotation marks in it", text, new)
