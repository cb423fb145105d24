"""The zone is signed, but its parent does not say so.

## What it checks
A zone with DNSKEY records has a DS record in the parent zone.

## Why it matters
Without the DS record nobody can follow the chain of trust: resolvers ignore every signature in the
zone, and DANE with them.

## How to fix
Give the DS record to the registrar.
Wait until the signed zone has been served for longer than its largest TTL.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Dnssec, Existence
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dnssec._shared import SIGNED, proper, registrar
from mailworthy.domain.intent import Domain


@rule(
    severity=Severity.ADVICE,
    references=("RFC 4035 §2.4", "RFC 4035 §5"),
    bad=healthy(drop=("example.com. DS", "_25._tcp."), signed=()),
    good=healthy(drop=(*SIGNED, "_25._tcp."), signed=()),
)
def check(
    domain: str, dnssec: Dnssec, existence: Existence, wish: Domain | None
) -> Iterator[Found]:
    new = proper(dnssec, domain)
    # An intent without DNSSEC means it so; one with it has a rule of its own.
    if dnssec.ds.records or not new or not existence.apex or wish is not None:
        return
    yield Found(
        subject=domain,
        message=f"{domain} has {len(dnssec.keys)} DNSKEY record(s), but no DS at its parent",
        evidence=(cite(dnssec.dnskey), cite(dnssec.ds)),
        remedy=Remedy((registrar(domain, (), new),)),
    )
