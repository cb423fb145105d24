"""The DS records of a domain use SHA-1 only.

## What it checks
At least one DS record has digest type 2 (SHA-256) or 4 (SHA-384).

## Why it matters
SHA-1 must not be used for delegations any more.
Resolvers that have given it up treat the zone as unsigned, and DANE with it.

## How to fix
Have the registrar publish the DS record with SHA-256 and remove the old one.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Dnssec
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dnssec._shared import followed, proper, registrar, too_many
from mailworthy.rdata.ds import WEAK_DIGESTS

_SHA1 = "example.com. DS 23483 13 1 073419dc8be8700134be38e8d0fdaa7581f268fb"


@rule(
    severity=Severity.WARNING,
    references=("RFC 8624 §3.3",),
    bad=healthy(drop=("example.com. DS",), add=(_SHA1,)),
    good=healthy(add=(_SHA1,)),
)
def check(domain: str, dnssec: Dnssec) -> Iterator[Found]:
    weak = [ds.digest_type in WEAK_DIGESTS for ds in dnssec.delegated]
    if too_many(dnssec) or not weak or not all(weak) or not followed(dnssec, domain):
        return
    kinds = " and ".join(sorted({str(ds.digest_type) for ds in dnssec.delegated}))
    yield Found(
        subject=domain,
        message=f"every DS record of {domain} has digest type {kinds}, which is given up",
        evidence=(cite(dnssec.ds),),
        remedy=Remedy((registrar(domain, dnssec.ds.records, proper(dnssec, domain)),)),
    )
