"""A domain has more than one TLS reporting record.

## What it checks
Exactly one TXT record at `_smtp._tls` begins with `v=TLSRPTv1;`.

## Why it matters
With two of them senders must assume that you want no reports, and you hear of no failure.

## How to fix
Keep one record; it can list several addresses, with commas between them.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.tlsrpt._shared import counted, uris, usable, with_uris
from mailworthy.names import printable
from mailworthy.tlsrpt.record import TlsRptRecord


@rule(
    severity=Severity.WARNING,
    references=("RFC 8460 §3",),
    bad=healthy(add=('_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=mailto:reports@example.com"',)),
    good=healthy(
        drop=("_smtp._tls.",),
        add=(
            '_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=mailto:a@example.com,mailto:b@example.com"',
            '_smtp._tls.example.com. TXT "site-verification=7f3a"',
        ),
    ),
)
def check(tls_rpt: Published[TlsRptRecord]) -> Iterator[Found]:
    records = counted(tls_rpt)
    if len(records) < 2:
        return
    first = next((r for r in records if r.parsed.record), records[0])
    everywhere = [u for r in (first, *records) for u in uris(r.text) if usable(u)]
    # One record with all destinations, unless there is none that works.
    merged = with_uris(first.text, list(dict.fromkeys(everywhere))) if everywhere else first.text
    steps = [s for r in records if r.text != merged for s in edit(tls_rpt.answer, r.text, None)]
    if merged not in tls_rpt.texts:
        steps += edit(tls_rpt.answer, None, merged)
    yield Found(
        subject=tls_rpt.name,
        message=f"{printable(tls_rpt.name, 200)} has {len(records)} records, so nobody reports",
        evidence=(cite(tls_rpt.answer),),
        remedy=Remedy(tuple(steps)),
    )
