"""A parked domain announces servers for mail programs.

## What it checks
A domain that is said to be parked names no server in its SRV records.

## Why it matters
The records lead mail programs, and whoever tries passwords, to a server that is not meant for
this domain.

## How to fix
Withdraw the records, or say that the domain is not parked.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import ServiceEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.mx._shared import silent_domain
from mailworthy.audit.rules.srv._shared import offered, text_of
from mailworthy.lookup.model import Answer
from mailworthy.names import printable
from mailworthy.rdata.srv import Srv


@rule(
    over="services",
    severity=Severity.ADVICE,
    references=("RFC 6186 §3.4",),
    bad=silent_domain(
        "example.com. MX 0 .", "_imaps._tcp.example.com. SRV 0 1 993 mail.example.com."
    ),
    good=silent_domain("example.com. MX 0 .", "_imaps._tcp.example.com. SRV 0 0 0 ."),
)
def check(
    service: ServiceEvidence,
    answer: Answer,
    records: tuple[Srv, ...],
    domain: str,
    parked: bool,
) -> Iterator[Found]:
    there = offered(records)
    if not parked or not there:
        return
    yield Found(
        subject=service.name,
        message=f"{printable(domain)} is parked, but announces {service.service}",
        evidence=(cite(answer),),
        remedy=Remedy(mend(answer, domain, remove=[text_of(answer, r) for r in there])),
    )
