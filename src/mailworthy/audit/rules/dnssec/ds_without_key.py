"""The DS records at the parent match no key of the zone.

## What it checks
At least one DS record in the parent zone belongs to a DNSKEY record of the domain.

## Why it matters
Every validating resolver takes the whole domain for forged and answers SERVFAIL.
Gmail, Yahoo and most providers validate: they can neither deliver to you nor check your mail.

## How to fix
Have the registrar replace the DS records by the one that fits the key, or remove them until the
zone is signed again.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Dnssec, Existence
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dnssec._shared import (
    ALGORITHMS,
    DIGESTS,
    followed,
    proper,
    registrar,
    too_many,
)

_OTHER = "example.com. DS 23483 13 2 " + "00" * 32


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 4035 §5.2", "RFC 4034 §5.2"),
    bad=healthy(drop=("example.com. DS",), add=(_OTHER,)),
    good=healthy(add=(_OTHER,)),
)
def check(domain: str, dnssec: Dnssec, existence: Existence) -> Iterator[Found]:
    strict = [d for d in dnssec.delegated if d.algorithm in ALGORITHMS and d.digest_type in DIGESTS]
    if not strict or too_many(dnssec) or not existence.apex or followed(dnssec, domain):
        return
    fault = "no DNSKEY record belongs to it" if dnssec.keys else "the zone has no DNSKEY record"
    yield Found(
        subject=domain,
        message=f"the parent says by DS that {domain} is signed, but {fault}",
        evidence=(cite(dnssec.ds), cite(dnssec.dnskey)),
        remedy=Remedy((registrar(domain, dnssec.ds.records, proper(dnssec, domain)),)),
    )
