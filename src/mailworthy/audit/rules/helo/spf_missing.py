"""The name that a mail host greets with has no SPF record of its own.

## What it checks
Every sending host with a name inside the domain publishes an SPF record under that name.

## Why it matters
Bounces have an empty sender, and then SPF judges the name in EHLO instead.
Without a record anybody may greet with the name of your host.

## How to fix
Publish `v=spf1 a -all` at the name of the host: its own addresses may, nobody else.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.helo._shared import STANDARD, introduces
from mailworthy.names import printable
from mailworthy.spf.model import SpfRecord


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=("RFC 7208 §2.3", "RFC 7208 §10.1.2"),
    bad=healthy(drop=("mail.example.com. TXT",)),
    good=healthy(drop=("mail.example.com. TXT",), add=('mail.example.com. TXT "v=spf1 a ~all"',)),
)
def check(
    host: HostEvidence, addresses: AddressSet, helo_spf: Published[SpfRecord], domain: str
) -> Iterator[Found]:
    if helo_spf.found or not introduces(host, addresses, domain):
        return
    yield Found(
        subject=host.name,
        message=f"{printable(host.name, 100)} has no SPF record for the name in EHLO",
        evidence=(cite(helo_spf.answer),),
        remedy=Remedy(mend(helo_spf.answer, domain, add=(STANDARD,))),
    )
