"""The zone hashes names more often than once for NSEC3.

## What it checks
The NSEC3PARAM record has 0 additional iterations.

## Why it matters
More rounds protect nothing and cost every resolver time.
The rule is zero, and resolvers may treat any other number as unsigned.

## How to fix
Let the signer use `1 0 0 -`, or plain NSEC.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Dnssec
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dnssec._nsec3 import finding

_LIMIT = 50  # above, resolvers really refuse: a rule of its own


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9276 §3.1",),
    bad=healthy(drop=("example.com. NSEC3PARAM",), add=("example.com. NSEC3PARAM 1 0 10 -",)),
    good=healthy(drop=("example.com. NSEC3PARAM",)),
)
def check(domain: str, dnssec: Dnssec) -> Iterator[Found]:
    fault = "additional iterations should be 0"
    yield from finding(domain, dnssec, lambda count, salt: 0 < count <= _LIMIT, fault)
