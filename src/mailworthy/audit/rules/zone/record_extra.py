"""A record stands beside the wanted ones that the intent does not know.

## What it checks
Where the intent decides a whole record set (MX, addresses, name servers, keys), nothing else
may stand in it.

## Why it matters
A second MX receives a share of your mail, a second address breaks reverse DNS, and a record
left over from the last provider is the usual way in which either comes about.

## How to fix
Take the record out, or add it to `mailworthy.toml` if it belongs there.
"""

from collections.abc import Iterator

from mailworthy.audit.compare import compare
from mailworthy.audit.evidence import WantedEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite, withdraw
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.domain.recordset import RecordSet
from mailworthy.lookup.model import Answer
from mailworthy.names import printable

_WANTED = (RecordSet("_imaps._tcp.example.com", "SRV", ("0 1 993 mail.example.com.",)),)


@rule(
    over="wanted",
    severity=Severity.WARNING,
    references=("RFC 1034 §4.3.2",),
    bad=healthy(add=("_imaps._tcp.example.com. SRV 5 1 993 mail.example.com.",), wanted=_WANTED),
    good=healthy(wanted=_WANTED),
)
def check(each: WantedEvidence, wanted: RecordSet, published: Answer) -> Iterator[Found]:
    for value in compare(wanted, published.records).extra:
        yield Found(
            subject=wanted.name,
            message=f"{wanted.name} also has the {wanted.type} {printable(value, 120)}",
            evidence=(cite(published, value),),
            remedy=Remedy((withdraw(wanted.name, wanted.type, value),)),
        )
