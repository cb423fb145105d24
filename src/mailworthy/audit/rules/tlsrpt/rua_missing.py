"""A TLS reporting record names no address.

## What it checks
The record at `_smtp._tls` has the field `rua`.

## Why it matters
The field is required: without it there is nowhere to send reports, and none are sent.

## How to fix
Add `rua=mailto:` and a mailbox that reads TLS reports.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._reports import SLOT
from mailworthy.audit.rules.tlsrpt._shared import problem, replaced, single, with_uris
from mailworthy.tlsrpt.record import TlsRptRecord


@rule(
    severity=Severity.WARNING,
    references=("RFC 8460 §3",),
    bad=healthy(
        drop=("_smtp._tls.",),
        add=('_smtp._tls.example.com. TXT "v=TLSRPTv1; ruf=mailto:tlsrpt@example.com"',),
        blanks={"mailbox": "tlsrpt@example.com"},
    ),
    good=healthy(
        drop=("_smtp._tls.",),
        add=('_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=https://reports.example.com/tls"',),
    ),
)
def check(tls_rpt: Published[TlsRptRecord]) -> Iterator[Found]:
    read = single(tls_rpt)
    if read and problem(read, "missing-rua"):
        new = with_uris(read.text, [f"mailto:{SLOT}"])
        yield replaced(tls_rpt, read.text, new, "has no rua, so reports go nowhere")
