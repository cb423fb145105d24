"""An address for TLS reports is listed twice.

## What it checks
No URI stands in `rua` more than once.

## Why it matters
Some reporters send every report twice to it, and counts double.

## How to fix
List each address once.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.tlsrpt._shared import replaced, single, with_uris
from mailworthy.tlsrpt.record import TlsRptRecord


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8460 §3",),
    bad=healthy(
        drop=("_smtp._tls.",),
        add=(
            '_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=mailto:tlsrpt@example.com; rua=mailto:tlsrpt@example.com"',
        ),
    ),
    good=healthy(
        drop=("_smtp._tls.",),
        add=(
            '_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=mailto:tlsrpt@example.com; rua=mailto:tls@example.com"',
        ),
    ),
)
def check(tls_rpt: Published[TlsRptRecord]) -> Iterator[Found]:
    read = single(tls_rpt)
    if read and read.parsed.record and read.parsed.has("uri-duplicate"):
        new = with_uris(read.text, [uri.uri for uri in read.parsed.record.rua])
        yield replaced(tls_rpt, read.text, new, "lists an address for reports twice")
