"""The name that a mail host greets with has a null MX.

## What it checks
No null MX (`0 .`) stands at the name of a sending host.

## Why it matters
A null MX says that no mail comes from the name or goes to it.
Receivers that look up the name in EHLO refuse the mail for it, Postfix among them.
Bounces are sent in the name of the host, and have to be answerable.

## How to fix
Withdraw the null MX of the host.
Its A and AAAA records are enough.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence, MxSet
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.helo._shared import introduces
from mailworthy.names import printable
from mailworthy.rdata.mx import render


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 7505 §4.2", "RFC 5321 §4.1.4"),
    bad=healthy(add=("mail.example.com. MX 0 .",)),
    good=healthy(add=("mail.example.com. MX 0 mail.example.com.",)),
)
def check(
    host: HostEvidence, addresses: AddressSet, helo_mx: MxSet, domain: str
) -> Iterator[Found]:
    nulls = tuple(render(r) for r in helo_mx.records if r.null)
    if not nulls or not introduces(host, addresses, domain):
        return
    yield Found(
        subject=host.name,
        message=f"{printable(host.name, 100)} sends mail, but has a null MX",
        evidence=(cite(helo_mx.answer),),
        remedy=Remedy(mend(helo_mx.answer, domain, remove=nulls)),
    )
