"""A key record begins with a quotation mark.

## What it checks
The record itself has no quotation marks around it; those of a zone file are not part of it.

## Why it matters
Receivers read the first tag with the mark in front of it, and cannot use the record.
Receivers find no usable key, so every signature made with this selector fails.
A message without a valid signature has only SPF to prove where it comes from, and SPF does not survive forwarding.

## How to fix
Enter the text without quotation marks in the form of your DNS provider.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import unquoted
from mailworthy.audit.rules.dkim._shared import broken, change, line, mended
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.2", "RFC 6376 §3.6.1"),
    bad=healthy(drop=("r202611.",), add=(line("r202611", f'"v=DKIM1; k=rsa; p={RSA}"'),)),
    good=healthy(drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA}"),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "quoted"):
        text = found[0].text
        message = "begins with a quotation mark, which became part of the record"
        yield change(each, key, message, text, mended(text, unquoted(text)))
