"""A TLS reporting record breaks the syntax of its fields.

## What it checks
The record is a list of `name=value` fields with semicolons between them; blanks stand only
beside semicolons and commas.

## Why it matters
Senders need not understand a record that breaks the rules, and then report nothing.

## How to fix
Publish the record as shown.
It has the same addresses, without what does not belong there.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._reports import SLOT
from mailworthy.audit.rules.tlsrpt._shared import replaced, single, usable
from mailworthy.mtasts.syntax import BROKEN
from mailworthy.taglist import parse as parse_tags
from mailworthy.tlsrpt.record import TlsRptRecord


@rule(
    severity=Severity.WARNING,
    references=("RFC 8460 §3",),
    bad=healthy(
        drop=("_smtp._tls.",),
        add=('_smtp._tls.example.com. TXT "v=TLSRPTv1; rua = mailto:tlsrpt@example.com"',),
    ),
    good=healthy(
        drop=("_smtp._tls.",),
        add=('_smtp._tls.example.com. TXT "v=TLSRPTv1 ; rua=mailto:tlsrpt@example.com ;"',),
    ),
)
def check(tls_rpt: Published[TlsRptRecord]) -> Iterator[Found]:
    read = single(tls_rpt)
    problems = read.parsed.problems if read else ()
    flaw = next((p.message for p in problems if p.code in BROKEN), None)
    if read and flaw:
        yield replaced(tls_rpt, read.text, _rebuilt(read.text), f"is not valid: {flaw}")


def _rebuilt(text: str) -> str:
    values = [tag.value for tag in parse_tags(text) if tag.name == "rua"]
    listed = [uri.strip() for value in values for uri in value.split(",")]
    kept = list(dict.fromkeys(uri for uri in listed if usable(uri)))
    return f"v=TLSRPTv1; rua={','.join(kept) or f'mailto:{SLOT}'}"
