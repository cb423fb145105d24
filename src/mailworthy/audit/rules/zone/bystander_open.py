"""A name with an address does not say that it takes no mail.

## What it checks
Names such as `www`, which have an address but are no mail hosts, have MX or SPF records that
say so.

## Why it matters
Without an MX record the address itself counts as mail host, and the name can stand in a sender
address that looks real.
A null MX and `v=spf1 -all` close both doors.

## How to fix
Publish `0 .` as MX and `v=spf1 -all` as TXT at the name.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, Bystander, MxSet, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.names import printable
from mailworthy.spf.model import SpfRecord


@rule(
    over="bystanders",
    severity=Severity.ADVICE,
    references=("RFC 7505 §3", "RFC 7208 §10.1.2"),
    bad=healthy(drop=("www.example.com. MX", "www.example.com. TXT")),
    good=healthy(
        drop=("www.example.com.",), add=("www.example.com. CNAME autoconfig.example.com.",)
    ),
)
def check(
    bystander: Bystander, addresses: AddressSet, mx: MxSet, spf: Published[SpfRecord]
) -> Iterator[Found]:
    # An alias can have no records of its own.
    if not addresses.ips or addresses.chain or mx.answer.records or spf.found:
        return
    name = bystander.name
    yield Found(
        subject=name,
        message=f"{printable(name)} has an address, but neither MX nor SPF record",
        evidence=(cite(addresses.a), cite(mx.answer), cite(spf.answer)),
        remedy=Remedy((publish(name, "MX", "0 ."), publish(name, "TXT", "v=spf1 -all"))),
    )
