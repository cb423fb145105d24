"""The intent wants DNSSEC, but the parent has no DS record for the domain.

## What it checks
With `dnssec = true` in `mailworthy.toml` the parent zone has a DS record.

## Why it matters
Without it nobody validates the zone, and TLSA records, which the intent may bring along, are
ignored.

## How to fix
Sign the zone if it is not signed yet, and give the DS record to the registrar.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Dnssec, Existence
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._intent import INTENT
from mailworthy.audit.rules.dnssec._shared import FILLED, SIGNED, proper, registrar, sign
from mailworthy.domain.intent import Domain


@rule(
    severity=Severity.WARNING,
    references=("RFC 4035 §2.4", "RFC 8314 §4.5.4"),
    bad=healthy(drop=(*SIGNED, "_25._tcp."), signed=(), intent=INTENT, blanks=FILLED),
    good=healthy(intent=INTENT),
)
def check(domain: str, dnssec: Dnssec, existence: Existence, intent: Domain) -> Iterator[Found]:
    if not intent.dnssec or dnssec.ds.records or dnssec.ad or not existence.apex:
        return
    new = proper(dnssec, domain)
    yield Found(
        subject=domain,
        message=f"{domain} should be signed, but its parent has no DS record for it",
        evidence=(cite(dnssec.ds), cite(dnssec.dnskey)),
        remedy=Remedy((registrar(domain, (), new),)) if new else sign(domain, dnssec),
    )
