"""The addresses for reports are separated by a semicolon.

## What it checks
Several addresses in `rua=` or `ruf=` are separated by commas.

## Why it matters
A semicolon ends the tag: receivers see one address, and behind it something that is no tag.
The second mailbox gets no reports, and a strict reader rejects the record.

## How to fix
Write a comma between two addresses.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import joined, pieces
from mailworthy.audit.rules.dmarc._shared import broken, change, mended, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.8",),
    bad=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com;mailto:two@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com, mailto:two@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    if found := broken(dmarc, "uri-by-semicolon"):
        read, _ = found
        message = "separates addresses for reports by a semicolon"
        yield change(dmarc.published, read.text, mended(read.text, _by_comma(read.text)), message)


def _by_comma(text: str) -> str:
    """Each URI that stands alone joined to the tag before it."""
    kept: list[str] = []
    for piece in pieces(text):
        if piece.lower().startswith("mailto:") and kept:
            kept[-1] = f"{kept[-1]},{piece}"
        else:
            kept.append(piece)
    return joined(kept)
