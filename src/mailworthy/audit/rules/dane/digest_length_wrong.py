"""The digest in a TLSA record has the wrong length.

## What it checks
A SHA-256 digest has 32 octets (64 hexadecimal digits), a SHA-512 digest 64.

## Why it matters
No certificate can ever match: a piece was lost when the record was copied.
With nothing better beside it senders encrypt, but do not know to whom.

## How to fix
Publish a `3 1 1` record with the whole digest.
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
        "RFC 6698 §2.1.4",
        "RFC 7671 §9",
    ),
    bad=healthy(
        drop=(OWNER,), add=(f"{OWNER} TLSA 3 1 1 {CURRENT[:62]}",), blanks={"digest": CURRENT}
    ),
    good=healthy(add=(f"{OWNER} TLSA 3 1 2 {CURRENT}{CURRENT}",)),
)
def check(host: HostEvidence, tlsa: TlsaSet, domain: str) -> Iterator[Found]:
    yield from useless(host, domain, tlsa, "digest-length")
