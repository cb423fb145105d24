"""A BIMI record names a logo, but the DMARC policy is `none`.

## What it checks
A domain with a logo has the DMARC policy `quarantine` or `reject`.

## Why it matters
Receivers must not show a logo under `p=none`: anybody could send mail with it.

## How to fix
Bring DMARC to `quarantine` when the reports allow it; `mailworthy advance` says when.
Until then the record is of no use, and declining is the honest answer.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._intent import INTENT
from mailworthy.audit.rules.bimi._shared import DRAFT, OWN, line, unshown
from mailworthy.bimi.record import Bimi
from mailworthy.dmarc.discover import PolicyFound
from mailworthy.dmarc.record import Policy
from mailworthy.domain.intent import Domain

_LOGO = line("v=BIMI1; l=https://www.example.com/logo.svg; a=https://www.example.com/vmc.pem")
_DMARC = '_dmarc.example.com. TXT "v=DMARC1; p={}; np=reject; psd=n; rua=mailto:dmarc@example.com"'


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Authentication Requirements)",),
    bad=healthy(drop=(OWN, "_dmarc."), add=(_LOGO, _DMARC.format("none")), intent=INTENT),
    good=healthy(drop=(OWN, "_dmarc."), add=(_LOGO, _DMARC.format("quarantine"))),
)
def check(bimi: Published[Bimi], policy: PolicyFound, wish: Domain | None) -> Iterator[Found]:
    on_purpose = wish is not None and wish.dmarc.p == Policy.NONE
    if policy.policy is Policy.NONE and not on_purpose:
        yield from unshown(bimi, f"the DMARC policy of {policy.author} is none")
