"""CAA forbids all certificates and allows a CA at the same time.

## What it checks
`issue ";"` does not stand beside `issue` records that name a CA.

## Why it matters
Permissions add up: the CA may issue, and the record that forbids has no effect.
Whoever reads the zone believes the opposite.

## How to fix
Remove the record that forbids, or those that allow, as you mean it.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Certification
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.caa._shared import contradictory


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8659 §4.2", "RFC 8659 §4.3"),
    bad=healthy(add=('example.com. CAA 0 issue ";"',)),
    good=healthy(),
)
def check(domain: str, caa: Certification) -> Iterator[Found]:
    yield from contradictory(caa, domain, "issue")
