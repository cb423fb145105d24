"""A TLSA record has a usage that does not exist.

## What it checks
The first number of a TLSA record at an MX host is 2 (DANE-TA) or 3 (DANE-EE).
A rule of its own looks at 0 and 1.

## Why it matters
Senders skip records that they do not know.
With nothing better beside it senders encrypt, but do not know to whom.

## How to fix
Publish a `3 1 1` record of the key that the server has.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence, TlsaSet
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dane._shared import CURRENT, OWNER, useless


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=(
        "RFC 7671 §2",
        "RFC 7672 §3.1",
    ),
    bad=healthy(drop=(OWNER,), add=(f"{OWNER} TLSA 4 1 1 {CURRENT}",), blanks={"digest": CURRENT}),
    good=healthy(drop=(OWNER,), add=(f"{OWNER} TLSA 2 1 1 {CURRENT}",)),
)
def check(host: HostEvidence, tlsa: TlsaSet, domain: str) -> Iterator[Found]:
    yield from useless(host, domain, tlsa, "unknown-usage")
