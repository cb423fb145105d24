"""A record that the intent wants is not published.

## What it checks
Every record set that `mailworthy.toml` leads to is looked up, and its records are compared by
meaning: spacing, case and the order of tags do not count.

## Why it matters
What you decided and what the world sees have come apart.
A record that was forgotten, or lost when the zone moved, fails silently.

## How to fix
Publish the record as shown.
If you no longer want it, change `mailworthy.toml`; `mailworthy zone` prints what follows from it.
"""

from collections.abc import Iterator

from mailworthy.audit.compare import compare
from mailworthy.audit.evidence import WantedEvidence
from mailworthy.audit.finding import AskOther, Found, Publish, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.domain.recordset import Record, RecordSet
from mailworthy.lookup.model import Answer
from mailworthy.names import printable

_WANTED = (RecordSet("_imaps._tcp.example.com", "SRV", ("0 1 993 mail.example.com.",)),)


@rule(
    over="wanted",
    severity=Severity.WARNING,
    references=("RFC 1034 §4.3.2",),
    bad=healthy(drop=("_imaps._tcp.example.com. SRV",), wanted=_WANTED),
    good=healthy(wanted=_WANTED),
)
def check(each: WantedEvidence, wanted: RecordSet, published: Answer) -> Iterator[Found]:
    for value in compare(wanted, published.records).missing:
        step = Publish(Record(wanted.name, wanted.type, value, wanted.ttl))
        done_by = AskOther("whoever runs that zone", "Please publish this record", (step,))
        yield Found(
            subject=wanted.name,
            message=f"{wanted.name} lacks the wanted {wanted.type} {printable(value, 120)}",
            evidence=(cite(published),),
            remedy=Remedy((done_by if wanted.assumed else step,), note=wanted.comment),
        )
