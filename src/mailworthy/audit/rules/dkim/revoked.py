"""The key of a selector in use is revoked.

## What it checks
The record of a selector in use has a key in `p=`.
An empty `p=` says that the key is revoked; that is right for a selector that nothing signs with any more, and for a parked domain.

## Why it matters
Every signature with this selector fails, as if the key had been stolen.

## How to fix
Publish the key of the server, or let the server sign with another selector and take this one out of the settings.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import RSA, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dkim._shared import change, known, line, main_fault, new_key, only
from mailworthy.dkim.record import DkimKey


@rule(
    over="selectors",
    severity=Severity.BLOCKER,
    references=("RFC 6376 §3.6.1", "RFC 6376 §6.1.2"),
    bad=healthy(
        drop=("r202611.",), add=(line("r202611", "v=DKIM1; k=rsa; p="),), blanks={"public-key": RSA}
    ),
    good=healthy(add=(line("r202605", "v=DKIM1; k=rsa; p="),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey], parked: bool) -> Iterator[Found]:
    read = only(each, key)
    if read is None or not known(each) or parked or main_fault(read):
        return
    if read.parsed.record is not None and read.parsed.record.revoked:
        yield change(each, key, "is revoked: p= is empty", read.text, new_key(read.text))
