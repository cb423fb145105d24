"""An address for TLS reports cannot be read.

## What it checks
Every URI in `rua` is well-formed: a scheme, a mailbox or host that can exist, no blanks, and
commas, semicolons and exclamation marks of its own written as `%2C`, `%3B` and `%21`.

## Why it matters
Reports to such an address are never sent.

## How to fix
Correct the URI; a bare mail address lacks only its `mailto:`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.tlsrpt._shared import (
    URI_FAULTS,
    first_uri_problem,
    repaired,
    replaced,
    single,
)
from mailworthy.tlsrpt.record import TlsRptRecord


@rule(
    severity=Severity.WARNING,
    references=("RFC 8460 §3", "RFC 3986 §3"),
    bad=healthy(
        drop=("_smtp._tls.",),
        add=('_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=tlsrpt@example.com"',),
    ),
    good=healthy(
        drop=("_smtp._tls.",),
        add=('_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=mailto:tls+rpt@example.com"',),
    ),
)
def check(tls_rpt: Published[TlsRptRecord]) -> Iterator[Found]:
    read = single(tls_rpt)
    flaw = first_uri_problem(read, *URI_FAULTS)
    if read and flaw:
        new = repaired(read.text, _better)
        yield replaced(tls_rpt, read.text, new, f"has a bad report address: {flaw.message}")


def _better(uri: str) -> str:
    plain = "".join(uri.split())
    return plain if ":" in plain else f"mailto:{plain}"
