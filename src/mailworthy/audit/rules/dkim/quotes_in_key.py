"""Quotation marks from a zone file have become part of a key.

## What it checks
`p=` has no quotation marks in it.

## Why it matters
A zone file cuts long texts into strings in quotation marks.
Pasted into the form of a DNS provider, which adds its own, the marks become part of the key, and receivers find no usable key, so every signature made with this selector fails.
A message without a valid signature has only SPF to prove where it comes from, and SPF does not survive forwarding.

## How to fix
Remove the quotation marks, and enter the key as one text.
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
    references=("RFC 6376 §3.6.1", "RFC 6376 §3.6.2.2"),
    bad=healthy(
        drop=("r202611.",), add=(line("r202611", f'v=DKIM1; k=rsa; p={RSA[:200]}" "{RSA[200:]}'),)
    ),
    good=healthy(
        drop=("r202611.",), add=(line("r202611", f"v=DKIM1; k=rsa; p={RSA[:200]} {RSA[200:]}"),)
    ),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if found := broken(each, key, "quotes-in-key"):
        text = found[0].text
        message = "has quotation marks inside the key"
        yield change(each, key, message, text, mended(text, unquoted(text)))
