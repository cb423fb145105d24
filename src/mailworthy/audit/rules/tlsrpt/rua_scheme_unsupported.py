"""TLS reports should go to a kind of URI that reporters do not support.

## What it checks
Every URI in `rua` begins with `mailto:` or `https:`.

## Why it matters
Reporters know these two and skip the rest, `http:` among it.

## How to fix
Name a mailbox with `mailto:`, or a collector with `https:`.
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
        add=(
            '_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=http://reports.example.com/tls,mailto:tlsrpt@example.com"',
        ),
    ),
    good=healthy(
        drop=("_smtp._tls.",),
        add=(
            '_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=https://reports.example.com/tls,mailto:tlsrpt@example.com"',
        ),
    ),
)
def check(tls_rpt: Published[TlsRptRecord]) -> Iterator[Found]:
    read = single(tls_rpt)
    flaw = first_uri_problem(read, "uri-bad-scheme")
    if read and flaw:
        shown = printable(read.text[flaw.start : flaw.end], 80)
        message = f"sends reports to {shown}, but {flaw.message}"
        yield replaced(tls_rpt, read.text, repaired(read.text, lambda uri: ""), message)
