"""The zone hashes names so often for NSEC3 that resolvers refuse it.

## What it checks
The NSEC3PARAM record has at most 50 additional iterations.

## Why it matters
Resolvers stop validating such a zone, the strictest at 50 rounds, the others at 100 or 150.
They treat it as unsigned, and DANE with it, or answer SERVFAIL.

## How to fix
Let the signer use `1 0 0 -`, or plain NSEC.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Dnssec
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dnssec._nsec3 import finding

_LIMIT = 50  # what the strictest resolvers still compute


@rule(
    severity=Severity.WARNING,
    references=("RFC 9276 §3.1", "RFC 9276 §3.2"),
    bad=healthy(drop=("example.com. NSEC3PARAM",), add=("example.com. NSEC3PARAM 1 0 150 -",)),
    good=healthy(),
)
def check(domain: str, dnssec: Dnssec) -> Iterator[Found]:
    fault = f"resolvers refuse more than {_LIMIT} iterations"
    yield from finding(domain, dnssec, lambda count, salt: count > _LIMIT, fault)
