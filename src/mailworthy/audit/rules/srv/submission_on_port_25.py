"""An SRV record sends mail programs to port 25.

## What it checks
`_submission._tcp` and `_submissions._tcp` do not name port 25.

## Why it matters
Port 25 is for mail between servers.
Most internet providers block it for their customers, so that users cannot send.

## How to fix
Write port 587 for STARTTLS, or 465 for TLS from the start.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from mailworthy.audit.evidence import ServiceEvidence
from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.srv._shared import PORTS, changed, evidence, instead, offered
from mailworthy.lookup.model import Answer
from mailworthy.names import printable
from mailworthy.rdata.srv import Srv


@rule(
    over="services",
    severity=Severity.WARNING,
    references=("RFC 6186 §3.1", "RFC 8314 §3.3"),
    bad=instead("_submission._tcp 10 1 25 mail.example.com."),
    good=instead("_submission._tcp 10 1 2587 mail.example.com."),
)
def check(
    service: ServiceEvidence, answer: Answer, records: tuple[Srv, ...], domain: str
) -> Iterator[Found]:
    own = PORTS.get(service.service)
    if own is None or not service.service.startswith("_submission"):
        return
    for record in offered(records):
        if record.port == 25:
            yield Found(
                subject=service.name,
                message=f"{printable(service.name)} names port 25; its own is {own}",
                evidence=(evidence(answer, record),),
                remedy=Remedy(changed(answer, domain, record, replace(record, port=own))),
            )
