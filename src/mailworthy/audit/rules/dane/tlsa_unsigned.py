"""A TLSA record stands in a zone that is not signed with DNSSEC.

## What it checks
Where an MX host below the domain has TLSA records, the parent zone has a DS record for the domain.

## Why it matters
TLSA records must not be published without DNSSEC: anybody on the way could change them.
Senders ignore unsigned ones, so they protect nothing.

## How to fix
Sign the zone and have the registrar publish its DS record, or remove the TLSA records.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Dnssec, Existence, HostEvidence, TlsaSet
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.names import printable

_UNSIGNED = ("example.com. DS", "example.com. DNSKEY", "example.com. NSEC3PARAM")


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 8314 §4.5.4", "RFC 7672 §2.2.1"),
    bad=healthy(drop=_UNSIGNED, signed=()),
    good=healthy(drop=(*_UNSIGNED, "_25._tcp."), signed=()),
)
def check(
    host: HostEvidence, tlsa: TlsaSet, domain: str, dnssec: Dnssec, existence: Existence
) -> Iterator[Found]:
    # A resolver that vouches for the answer knows better than the lack of a DS here.
    signed = bool(dnssec.delegated) or dnssec.ad or tlsa.answer.ad or not existence.apex
    if not tlsa.found or not host.within or signed:
        return
    name = printable(tlsa.answer.ask.name, 200)
    yield Found(
        subject=tlsa.answer.ask.name,
        message=f"{name} has TLSA records, but {domain} is not signed (no DS), so nobody uses them",
        evidence=(cite(tlsa.answer), cite(dnssec.ds)),
        remedy=Remedy(
            mend(tlsa.answer, domain, remove=(r.text for r in tlsa.found)),
            "Better: sign the zone; once the DS record is published, the TLSA records may stay.",
        ),
    )
