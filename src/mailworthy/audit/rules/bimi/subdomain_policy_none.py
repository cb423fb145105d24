"""A BIMI record names a logo, but the DMARC policy of sub-domains is `none`.

## What it checks
The DMARC record of a domain with a logo has no `sp=none`.

## Why it matters
Receivers that follow the draft show no logo then, not even for the domain itself.

## How to fix
Bring `sp` to `quarantine` when the reports show that all mail of your sub-domains passes.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence, Published
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._intent import INTENT
from mailworthy.audit.rules.bimi._shared import DRAFT, OWN, line, unshown
from mailworthy.bimi.record import Bimi
from mailworthy.dmarc.record import Policy

_LOGO = line("v=BIMI1; l=https://www.example.com/logo.svg; a=https://www.example.com/vmc.pem")
_DMARC = '_dmarc.example.com. TXT "v=DMARC1; p=quarantine; sp={}; np=reject; psd=n; rua=mailto:dmarc@example.com"'


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Authentication Requirements)",),
    bad=healthy(
        drop=(OWN, "_dmarc."),
        add=(_LOGO, _DMARC.format("none")),
        intent=INTENT + 'dmarc = { p = "quarantine", sp = "none" }\n',
    ),
    good=healthy(drop=(OWN, "_dmarc."), add=(_LOGO, _DMARC.format("quarantine"))),
)
def check(bimi: Published[Bimi], dmarc: DmarcEvidence) -> Iterator[Found]:
    record = dmarc.published.record
    if record and record.sp is Policy.NONE and record.p is not Policy.NONE:
        shown = (cite(dmarc.published.answer),)
        yield from unshown(bimi, "DMARC says sp=none for its sub-domains", shown)
