"""An address for TLS reports carries a size limit, which only DMARC ever had.

## What it checks
No URI in `rua` ends in `!` and a size, such as `!10m`.

## Why it matters
In TLS reporting an exclamation mark must be written `%21`.
A reporter may take the whole for the address, or the record for broken.

## How to fix
Remove the size.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.tlsrpt._shared import (
    first_uri_problem,
    repaired,
    replaced,
    single,
)
from mailworthy.names import printable
from mailworthy.tlsrpt.record import TlsRptRecord


@rule(
    severity=Severity.WARNING,
    references=("RFC 8460 §3",),
    bad=healthy(
        drop=("_smtp._tls.",),
        add=('_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=mailto:tlsrpt@example.com!10m"',),
    ),
    good=healthy(
        drop=("_smtp._tls.",),
        add=('_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=mailto:tlsrpt%2110m@example.com"',),
    ),
)
def check(tls_rpt: Published[TlsRptRecord]) -> Iterator[Found]:
    read = single(tls_rpt)
    flaw = first_uri_problem(read, "obsolete-size")
    if read and flaw:
        shown = printable(read.text[flaw.start : flaw.end], 80)
        new = repaired(read.text, lambda uri: uri.rpartition("!")[0])
        yield replaced(tls_rpt, read.text, new, f"has a size limit in {shown}")
