"""The DMARC record has no version.

## What it checks
The record begins with `v=DMARC1`.

## Why it matters
A record is known by its version.
Receivers ignore the whole record: there is no policy, and nobody sends you reports.
Anybody can use your domain in the From of a message.

## How to fix
Put `v=DMARC1` in front.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._tags import first_tag, joined, pieces
from mailworthy.audit.rules.dmarc._shared import broken, change, mended, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.7",),
    bad=world("DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    if found := broken(dmarc, "missing-v"):
        read, _ = found
        message = "has no v=DMARC1, so that receivers ignore it"
        yield change(dmarc.published, read.text, mended(read.text, _versioned(read.text)), message)


def _versioned(text: str) -> str:
    """The record with its version; the word alone, without v=, goes."""
    return first_tag(joined(p for p in pieces(text) if p.upper() != "DMARC1"), "v", "DMARC1")
