"""TLS reports go to a mailbox whose domain takes no mail.

## What it checks
The domain of every `mailto:` address in `rua` has an MX record that is not null, or an address.

## Why it matters
The reports bounce at the reporter, and you never learn of it.

## How to fix
Name a mailbox that exists.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Destination, Published
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._reports import SLOT
from mailworthy.audit.rules.tlsrpt._shared import replaced, single, uris, with_uris
from mailworthy.names import printable
from mailworthy.tlsrpt.record import TlsRptRecord


@rule(
    over="destinations",
    severity=Severity.WARNING,
    references=("RFC 8460 §3", "RFC 5321 §5.1"),
    bad=healthy(
        drop=("_smtp._tls.",),
        add=('_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=mailto:tlsrpt@www.example.com"',),
        blanks={"mailbox": "tlsrpt@example.com"},
    ),
    good=healthy(
        drop=("_smtp._tls.",),
        add=('_smtp._tls.example.com. TXT "v=TLSRPTv1; rua=mailto:tlsrpt@mail.example.com"',),
    ),
)
def check(place: Destination, receives: bool, tls_rpt: Published[TlsRptRecord]) -> Iterator[Found]:
    read = single(tls_rpt)
    if place.tag != "tlsrpt" or receives or read is None:
        return
    others = [uri for uri in uris(read.text) if uri != place.uri]
    new = with_uris(read.text, others or [f"mailto:{SLOT}"])
    message = f"sends reports to {printable(place.uri, 120)}, but {place.host} takes no mail"
    yield replaced(tls_rpt, read.text, new, message)
