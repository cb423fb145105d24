"""The name that a mail host greets with has more than one SPF record.

## What it checks
At most one SPF record stands at the name of a sending host.

## Why it matters
Two records are an error (permerror), as if there were none, and some receivers count it
against the mail.

## How to fix
Keep one record.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.helo._shared import STANDARD, introduces, passes
from mailworthy.names import printable
from mailworthy.spf.model import SpfRecord


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 7208 §3.2", "RFC 7208 §4.5"),
    bad=healthy(add=('mail.example.com. TXT "v=spf1 -all"',)),
    good=healthy(add=('mail.example.com. TXT "spf1 is explained at www.example.com"',)),
)
def check(
    host: HostEvidence, addresses: AddressSet, helo_spf: Published[SpfRecord], domain: str
) -> Iterator[Found]:
    if len(helo_spf.found) < 2 or not introduces(host, addresses, domain):
        return
    keep = _best(helo_spf, host.name, addresses.ips)
    surplus = tuple(r.text for r in helo_spf.found if r.text != keep)
    add = () if keep else (STANDARD,)
    yield Found(
        subject=host.name,
        message=f"{printable(host.name, 100)} has {len(helo_spf.found)} SPF records",
        evidence=tuple(cite(helo_spf.answer, r.text) for r in helo_spf.found[:4]),
        remedy=Remedy(mend(helo_spf.answer, domain, remove=surplus, add=add)),
    )


def _best(spf: Published[SpfRecord], host: str, ips: tuple[str, ...]) -> str | None:
    """A record that passes the host's own addresses."""
    return next(
        (r.text for r in spf.found if r.parsed.record and passes(r.parsed.record, host, ips)),
        None,
    )
