"""The DMARC record stands at the domain itself.

## What it checks
DMARC records stand at `_dmarc.<domain>`, not at the domain.

## Why it matters
Receivers look nowhere else: a record at the domain itself is never read.

## How to fix
Publish the same text under the name `_dmarc`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite, dig, publish, withdraw
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import candidates, said, world
from mailworthy.dmarc.record import parse
from mailworthy.lookup.model import Question


@rule(
    severity=Severity.WARNING,
    references=("RFC 9989 §4.5",),
    bad=healthy(
        drop=("_dmarc.",),
        add=('example.com. TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"',),
    ),
    good=world("v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"),
)
def check(dmarc: DmarcEvidence, domain: str) -> Iterator[Found]:
    published = dmarc.published
    if not dmarc.misplaced or candidates(dmarc):
        return
    best = next((t for t in dmarc.misplaced if parse(t).record), dmarc.misplaced[0])
    steps = [withdraw(domain, "TXT", text) for text in dmarc.misplaced]
    yield Found(
        subject=domain,
        message=f"the DMARC record of {domain} stands at {domain} itself, not at {published.name}",
        evidence=(said(dig(Question(domain, "TXT")), best), cite(published.answer)),
        remedy=Remedy((*steps, publish(published.name, "TXT", best))),
    )
