"""A record differs from what the intent wants.

## What it checks
Where `mailworthy.toml` wants a record and another one of the same kind stands in its place,
both are shown.

## Why it matters
Somebody changed the zone by hand, or the intent was changed and never published.
Mail is judged by what is published, whatever the file says.

## How to fix
Replace the published record with the wanted one, or change `mailworthy.toml` if the published
one is right.
"""

from collections.abc import Iterator

from mailworthy.audit.compare import compare
from mailworthy.audit.evidence import WantedEvidence
from mailworthy.audit.finding import Found, Publish, Remedy, Severity, cite, withdraw
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.domain.recordset import Record, RecordSet
from mailworthy.lookup.model import Answer
from mailworthy.names import printable

_WANTED = (RecordSet("_submission._tcp.example.com", "SRV", ("10 1 587 mail.example.com.",)),)


@rule(
    over="wanted",
    severity=Severity.WARNING,
    references=("RFC 1034 §4.3.2",),
    bad=healthy(
        drop=("_submission._tcp.example.com. SRV",),
        add=("_submission._tcp.example.com. SRV 20 1 587 mail.example.com.",),
        wanted=_WANTED,
    ),
    good=healthy(wanted=_WANTED),
)
def check(each: WantedEvidence, wanted: RecordSet, published: Answer) -> Iterator[Found]:
    for have, want in compare(wanted, published.records).changed:
        yield Found(
            subject=wanted.name,
            message=(
                f"{wanted.name} has the {wanted.type} {printable(have, 120)}, "
                f"wanted is {printable(want, 120)}"
            ),
            evidence=(cite(published, have),),
            remedy=Remedy(
                (
                    withdraw(wanted.name, wanted.type, have),
                    Publish(Record(wanted.name, wanted.type, want, wanted.ttl)),
                ),
                note=wanted.comment,
            ),
        )
