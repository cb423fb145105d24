"""A second DMARC record stands at the domain itself.

## What it checks
No TXT record at the domain itself begins with `v=DMARC1`.

## Why it matters
Nobody reads it there.
Whoever changes it later will wonder why nothing happens.

## How to fix
Remove it; the record at `_dmarc` is the one that counts.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, dig, withdraw
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import candidates, said
from mailworthy.lookup.model import Question


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §4.5",),
    bad=healthy(add=('example.com. TXT "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"',)),
    good=healthy(),
)
def check(dmarc: DmarcEvidence, domain: str) -> Iterator[Found]:
    if not candidates(dmarc):
        return
    for text in dmarc.misplaced:
        yield Found(
            subject=domain,
            message=f"{domain} itself has a DMARC record, which nobody reads",
            evidence=(said(dig(Question(domain, "TXT")), text),),
            remedy=Remedy((withdraw(domain, "TXT", text),)),
        )
