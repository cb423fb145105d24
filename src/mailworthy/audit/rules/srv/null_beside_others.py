"""An SRV record says that a service is not offered, others say where it is.

## What it checks
A record with the target `.` is the only record of its service.

## Why it matters
Half of the mail programs believe the one and half the other.

## How to fix
Withdraw the record with the target `.` if the service is offered, the others if it is not.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import ServiceEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.srv._shared import beside, offered, text_of
from mailworthy.lookup.model import Answer
from mailworthy.names import printable
from mailworthy.rdata.srv import Srv


@rule(
    over="services",
    severity=Severity.WARNING,
    references=("RFC 2782", "RFC 6186 §3.4"),
    bad=beside("_imaps._tcp 0 0 0 ."),
    good=beside("_imaps._tcp 10 1 993 www.example.com."),
)
def check(
    service: ServiceEvidence, answer: Answer, records: tuple[Srv, ...], domain: str
) -> Iterator[Found]:
    nulls = tuple(text_of(answer, r) for r in records if not r.offered)
    if not nulls or not offered(records):
        return
    yield Found(
        subject=service.name,
        message=f"{printable(service.name)} is said not to be offered, and to be offered",
        evidence=(cite(answer),),
        remedy=Remedy(mend(answer, domain, remove=nulls)),
    )
