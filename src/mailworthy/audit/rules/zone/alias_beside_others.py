"""A name is an alias (CNAME) and has other records as well.

## What it checks
Where a name such as `www` is a CNAME, no other record stands at it.

## Why it matters
An alias allows no other record at its name.
Most name servers refuse to load a zone with such a name in it, and then nothing of the zone is
answered, mail included; others answer now with the one, now with the other.

## How to fix
Remove the CNAME, or the other records.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, Bystander, MxSet, Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite, withdraw
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.names import printable
from mailworthy.spf.model import SpfRecord


@rule(
    over="bystanders",
    severity=Severity.WARNING,
    references=("RFC 1034 §3.6.2", "RFC 2181 §10.1"),
    bad=healthy(add=("www.example.com. CNAME mail.example.com.",)),
    good=healthy(drop=("www.example.com.",), add=("www.example.com. CNAME mail.example.com.",)),
)
def check(
    bystander: Bystander, addresses: AddressSet, mx: MxSet, spf: Published[SpfRecord]
) -> Iterator[Found]:
    answers = (addresses.a, addresses.aaaa, mx.answer, spf.answer)
    alias = next((a for a in answers if a.chain), None)
    beside = next((a for a in answers if a.records and not a.chain), None)
    if alias is None or beside is None:
        return
    name, target = bystander.name, alias.chain[0]
    yield Found(
        subject=name,
        message=(
            f"{printable(name)} is an alias of {printable(target, 100)}, and has a record of type "
            f"{beside.ask.type} as well"
        ),
        evidence=(cite(alias), cite(beside)),
        remedy=Remedy((withdraw(name, "CNAME", f"{target}."),)),
    )
