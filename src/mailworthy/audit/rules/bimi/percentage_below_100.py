"""A BIMI record names a logo, but DMARC is enforced for a part of the mail only.

## What it checks
The DMARC record of a domain with a logo and `p=quarantine` has no `pct` below 100.

## Why it matters
Receivers that follow the draft show no logo with any other percentage.
The tag itself is a thing of the past: RFC 9989 has dropped it.

## How to fix
Remove `pct` from the DMARC record when all your mail passes.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence, Published
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.bimi._shared import DRAFT, OWN, line, unshown
from mailworthy.bimi.record import Bimi
from mailworthy.dmarc.record import Policy
from mailworthy.names import printable

_LOGO = line("v=BIMI1; l=https://www.example.com/logo.svg; a=https://www.example.com/vmc.pem")
_DMARC = '_dmarc.example.com. TXT "v=DMARC1; p=quarantine; pct={}; np=reject; psd=n; rua=mailto:dmarc@example.com"'


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Authentication Requirements)",),
    bad=healthy(drop=(OWN, "_dmarc."), add=(_LOGO, _DMARC.format("50"))),
    good=healthy(drop=(OWN, "_dmarc."), add=(_LOGO, _DMARC.format("100"))),
)
def check(bimi: Published[Bimi], dmarc: DmarcEvidence) -> Iterator[Found]:
    record = dmarc.published.record
    share = dict(record.removed).get("pct") if record else None
    if record and share not in (None, "100") and record.p is Policy.QUARANTINE:
        shown = (cite(dmarc.published.answer),)
        yield from unshown(bimi, f"DMARC has pct={printable(str(share), 20)}", shown)
