"""A TLS reporting record does not begin with `v=TLSRPTv1;` to the letter.

## What it checks
A TXT record at `_smtp._tls` that looks like TLS reporting begins with `v=TLSRPTv1;`: case, blanks
and the semicolon count.

## Why it matters
Senders discard every record that begins otherwise, and send no reports.

## How to fix
Write the beginning exactly so, and leave the rest as it is.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._reports import SLOT
from mailworthy.audit.rules._tags import COMMENTED, bare, joined, name_of, pieces
from mailworthy.audit.rules.tlsrpt._shared import counted, replaced
from mailworthy.names import printable
from mailworthy.tlsrpt.record import TlsRptRecord, parse


@rule(
    severity=Severity.WARNING,
    references=("RFC 8460 §3",),
    bad=healthy(
        drop=("_smtp._tls.",),
        add=('_smtp._tls.example.com. TXT "v=TLSRPT1; rua=mailto:tlsrpt@example.com"',),
    ),
    good=healthy(
        drop=("_smtp._tls.",),
        add=('_smtp._tls.example.com. TXT "v=TLSRPTv1;rua=mailto:tlsrpt@example.com"',),
    ),
)
def check(tls_rpt: Published[TlsRptRecord]) -> Iterator[Found]:
    if counted(tls_rpt) or not tls_rpt.found:
        return
    text = tls_rpt.found[0].text
    message = (
        f"says v=TLSRPTv1 and no more: {COMMENTED}"
        if bare(text, "TLSRPTv1")
        else f"begins with {printable(text.partition(';')[0], 20)}, not with v=TLSRPTv1; and is discarded"
    )
    yield replaced(tls_rpt, text, _mended(text), message)


def _mended(text: str) -> str:
    rest = [p for p in pieces(text) if name_of(p).lower() != "v"]
    repaired = joined(["v=TLSRPTv1", *rest])
    return repaired if parse(repaired).record else f"v=TLSRPTv1; rua=mailto:{SLOT}"
