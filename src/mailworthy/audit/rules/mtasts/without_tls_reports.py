"""MTA-STS is in use without an address for TLS reports.

## What it checks
A domain with an MTA-STS record has a TLS reporting record at `_smtp._tls`.

## Why it matters
Only reports tell you that senders fail to reach your hosts by TLS.
Without them `testing` tests nothing, and `enforce` loses mail behind your back.

## How to fix
Publish the record with a mailbox that reads machine-made reports.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._reports import tls_reports
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.mtasts._shared import in_use
from mailworthy.domain.intent import Domain
from mailworthy.mtasts.record import StsRecord
from mailworthy.tlsrpt.record import TlsRptRecord


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8461 §6", "RFC 8460 §3"),
    bad=healthy(drop=("_smtp._tls.",), blanks={"mailbox": "tlsrpt@example.com"}),
    good=healthy(drop=("_smtp._tls.", "_mta-sts."), fetches={}),
)
def check(
    domain: str,
    mta_sts: Published[StsRecord],
    tls_rpt: Published[TlsRptRecord],
    mx: MxSet,
    wish: Domain | None,
) -> Iterator[Found]:
    new = tls_reports(wish)
    if not in_use(mta_sts) or tls_rpt.found or mx.refuses or new is None:
        return
    record, blanks = new
    yield Found(
        subject=tls_rpt.name,
        message=f"{domain} uses MTA-STS, but nobody is told about failures: no TLS reporting record",
        evidence=(cite(tls_rpt.answer), cite(mta_sts.answer)),
        remedy=Remedy(edit(tls_rpt.answer, None, record), blanks=blanks),
    )
