"""The domain has more than one DMARC record.

## What it checks
Exactly one TXT record at `_dmarc.<domain>` begins with `v=DMARC1`.

## Why it matters
Receivers discard all of them, so that the domain has no policy at all.
It happens when a second service asks for a record and gets one of its own.

## How to fix
Keep one record.
A record can name several addresses: `rua=mailto:a@example.com,mailto:b@example.net`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence, Read
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.dmarc._shared import STRENGTH, line, strict, world
from mailworthy.dmarc.record import DmarcRecord
from mailworthy.names import printable


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.10",),
    bad=world(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com", add=(line("v=DMARC1; p=none"),)
    ),
    good=world(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com,mailto:two@example.com",
        add=(line("site-verification=7f3a"),),
    ),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    found, published = strict(dmarc), dmarc.published
    if len(found) < 2:
        return
    keep = min(found, key=_rank)
    gone = [step for r in found if r is not keep for step in edit(published.answer, r.text, None)]
    yield Found(
        subject=published.name,
        message=f"{published.name} has {len(found)} DMARC records; receivers discard them all",
        evidence=(cite(published.answer),),
        remedy=Remedy(
            tuple(gone),
            f"what stays is {printable(keep.text, 300)}: take over what you need from the others",
        ),
    )


def _rank(read: Read[DmarcRecord]) -> tuple[bool, bool, int]:
    """A usable record first, then one with reports, then the gentlest: no mail is lost by it."""
    record = read.parsed.record
    if record is None:
        return True, True, 0
    return False, not record.rua, STRENGTH.index(record.p)
