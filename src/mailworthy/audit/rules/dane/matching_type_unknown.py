"""A TLSA record has a matching type that does not exist.

## What it checks
The third number of a TLSA record is 0 (the whole), 1 (SHA-256) or 2 (SHA-512).

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
        "RFC 6698 §2.1.3",
        "RFC 7672 §3.1",
    ),
    bad=healthy(drop=(OWNER,), add=(f"{OWNER} TLSA 3 1 3 {CURRENT}",), blanks={"digest": CURRENT}),
    good=healthy(drop=(OWNER,), add=(f"{OWNER} TLSA 3 1 1 {CURRENT}",)),
)
def check(host: HostEvidence, tlsa: TlsaSet, domain: str) -> Iterator[Found]:
    yield from useless(host, domain, tlsa, "unknown-matching")
