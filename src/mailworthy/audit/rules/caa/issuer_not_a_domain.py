"""A CAA record names a certification authority by a word that is no domain.

## What it checks
The issuer in `issue`, `issuewild`, `issuemail` and `issuevmc` has at least one dot, as in
`letsencrypt.org`.

## Why it matters
CAs know themselves by their domains.
No CA answers to `letsencrypt`, so the record forbids what it was meant to allow.

## How to fix
Write the domain that your CA documents for CAA.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Certification
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.caa._shared import (
    SLOT,
    WILD,
    found,
    instead,
    revised,
    with_problem,
)
from mailworthy.names import printable
from mailworthy.rdata.caa import Issuer, render_issuer


@rule(
    severity=Severity.WARNING,
    references=("RFC 8659 §4.2",),
    bad=instead('example.com. CAA 0 issue "letsencrypt"', WILD, blanks={"ca": "letsencrypt.org"}),
    good=healthy(add=('example.com. CAA 0 issue "pki.goog"',)),
)
def check(domain: str, caa: Certification) -> Iterator[Found]:
    bad = list(with_problem(caa, "single-label-issuer"))
    if bad:
        shown = ", ".join(printable(record.issuer.domain, 60) for _, record, _ in bad[:5])
        yield found(
            caa,
            domain,
            f"CAA allows {shown}, which is no CA's domain",
            remove=[read.text for read, _, _ in bad],
            add=[
                revised(record, render_issuer(Issuer(SLOT, record.issuer.parameters)))
                for _, record, _ in bad
            ],
        )
