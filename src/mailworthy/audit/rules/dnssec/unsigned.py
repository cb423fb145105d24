"""The domain is not signed with DNSSEC.

## What it checks
The zone has a DNSKEY record, and the parent a DS record for it.
An intent with `dnssec = false` is left in peace.

## Why it matters
Without signatures, whoever can forge DNS answers can send your mail elsewhere.
DANE, which lets senders insist on your server's key, needs them.

## How to fix
Most DNS providers sign a zone at the push of a button and show the DS record for the registrar.
With BIND it is one line: `dnssec-policy default;`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Dnssec, Existence, HostEvidence
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._intent import INTENT
from mailworthy.audit.rules.dnssec._shared import FILLED, SIGNED, sign
from mailworthy.domain.intent import Domain


@rule(
    severity=Severity.ADVICE,
    references=("RFC 4035 §2", "RFC 7672 §2.2.1"),
    bad=healthy(drop=(*SIGNED, "_25._tcp."), signed=(), blanks=FILLED),
    good=healthy(drop=(*SIGNED, "_25._tcp."), signed=(), intent=INTENT.replace("true", "false")),
)
def check(
    domain: str,
    dnssec: Dnssec,
    existence: Existence,
    hosts: tuple[HostEvidence, ...],
    wish: Domain | None,
) -> Iterator[Found]:
    if dnssec.ds.records or dnssec.dnskey.records or dnssec.ad or not existence.apex:
        return
    # TLSA records without DNSSEC are a finding of their own, and it says the same.
    if wish is not None or any(_keys(h) for h in hosts):
        return
    yield Found(
        subject=domain,
        message=f"{domain} is not signed with DNSSEC",
        evidence=(cite(dnssec.ds), cite(dnssec.dnskey)),
        remedy=sign(domain, dnssec),
    )


def _keys(host: HostEvidence) -> bool:
    return host.within and isinstance(host.tlsa, Known) and bool(host.tlsa.value.found)
