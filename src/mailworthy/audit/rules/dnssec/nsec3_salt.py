"""The zone uses a salt for NSEC3, which helps nobody.

## What it checks
The NSEC3PARAM record has no salt: its last field is `-`.

## Why it matters
The name of the zone is part of each hash already, so a salt adds no protection.
Changing it means that the whole zone is signed anew.

## How to fix
Let the signer use `1 0 0 -`, or plain NSEC.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Dnssec
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dnssec._nsec3 import finding


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9276 §3.1",),
    bad=healthy(drop=("example.com. NSEC3PARAM",), add=("example.com. NSEC3PARAM 1 0 0 ab12cd34",)),
    good=healthy(drop=("example.com. NSEC3PARAM",)),
)
def check(domain: str, dnssec: Dnssec) -> Iterator[Found]:
    fault = "a salt should not be used"
    yield from finding(domain, dnssec, lambda count, salt: count == 0 and bool(salt), fault)
