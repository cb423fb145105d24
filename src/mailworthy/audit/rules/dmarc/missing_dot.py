"""The name of the DMARC record was written without its final dot.

## What it checks
Where `_dmarc.<domain>` has no record, there is none at `_dmarc.<domain>.<domain>` either.

## Why it matters
A name without a final dot gets the name of the zone appended.
Receivers look at the right name and find nothing: there is no policy, and nobody sends you reports.

## How to fix
Write the name with its final dot, `_dmarc.example.com.`, or without the domain: `_dmarc`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish, withdraw
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import doubled, world
from mailworthy.names import printable

_RECORD = "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"


@rule(
    severity=Severity.WARNING,
    references=("RFC 1912 §2.1", "RFC 9989 §4.10.1"),
    bad=healthy(drop=("_dmarc.",), add=(f'_dmarc.example.com.example.com. TXT "{_RECORD}"',)),
    good=world(_RECORD),
)
def check(dmarc: DmarcEvidence, domain: str) -> Iterator[Found]:
    texts = doubled(dmarc)
    if not texts or dmarc.doubled is None:
        return
    wrong, right = dmarc.doubled.ask.name, dmarc.published.name
    steps = tuple(withdraw(wrong, "TXT", text) for text in texts)
    yield Found(
        subject=right,
        message=f"the DMARC record stands at {printable(wrong, 200)}: its name lacks the final dot",
        evidence=(cite(dmarc.published.answer), cite(dmarc.doubled)),
        remedy=Remedy((*steps, publish(right, "TXT", texts[0]))),
    )
