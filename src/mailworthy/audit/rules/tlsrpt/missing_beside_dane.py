"""DANE is in use without an address for TLS reports.

## What it checks
A domain whose MX hosts have TLSA records has a TLS reporting record at `_smtp._tls`.

## Why it matters
When a certificate changes and the TLSA record does not, senders with DANE stop delivering.
Only reports tell you so before people do.

## How to fix
Publish the record with a mailbox that reads machine-made reports, best one in another domain.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._reports import tls_reports
from mailworthy.audit.rules._steps import edit
from mailworthy.domain.intent import Domain
from mailworthy.mtasts.record import StsRecord
from mailworthy.tlsrpt.record import TlsRptRecord


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8460 §3", "RFC 7672 §2.2.3"),
    bad=healthy(
        drop=("_smtp._tls.", "_mta-sts."), fetches={}, blanks={"mailbox": "tlsrpt@example.com"}
    ),
    good=healthy(drop=("_smtp._tls.", "_mta-sts.", "_25._tcp."), fetches={}),
)
def check(
    domain: str,
    tls_rpt: Published[TlsRptRecord],
    mta_sts: Published[StsRecord],
    hosts: tuple[HostEvidence, ...],
    wish: Domain | None,
) -> Iterator[Found]:
    host = next((h for h in hosts if _ours(h) and _keys(h)), None)
    new = tls_reports(wish)
    # Where MTA-STS is in use as well, the rule about it speaks.
    if host is None or new is None or tls_rpt.found or mta_sts.found:
        return
    record, blanks = new
    yield Found(
        subject=tls_rpt.name,
        message=f"{host.name} has TLSA records, but {domain} has no TLS reporting record",
        evidence=(cite(tls_rpt.answer),),
        remedy=Remedy(edit(tls_rpt.answer, None, record), blanks=blanks),
    )


def _ours(host: HostEvidence) -> bool:
    return host.preference is not None and (host.within or host.ours)


def _keys(host: HostEvidence) -> bool:
    return isinstance(host.tlsa, Known) and bool(host.tlsa.value.found)
