"""An SRV record names a host, but port 0.

## What it checks
A record that names a host also names a port.

## Why it matters
Port 0 is no port, and mail programs cannot connect to it.
Usually the record was meant to say that the service is not offered, and has the wrong target.

## How to fix
Write the port of the service, or the target `.` if it is not offered.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from mailworthy.audit.evidence import ServiceEvidence
from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.srv._shared import (
    NOT_OFFERED,
    PORTS,
    changed,
    evidence,
    instead,
    offered,
)
from mailworthy.lookup.model import Answer
from mailworthy.names import printable
from mailworthy.rdata.srv import Srv


@rule(
    over="services",
    severity=Severity.WARNING,
    references=("RFC 2782", "RFC 6186 §3"),
    bad=instead("_imaps._tcp 0 1 0 mail.example.com."),
    good=instead("_imaps._tcp 0 0 0 ."),
)
def check(
    service: ServiceEvidence, answer: Answer, records: tuple[Srv, ...], domain: str
) -> Iterator[Found]:
    port = PORTS.get(service.service)
    for record in offered(records):
        if record.port == 0:
            meant = replace(record, port=port) if port else NOT_OFFERED
            yield Found(
                subject=service.name,
                message=f"{printable(service.name)} names {printable(record.target, 100)}, port 0",
                evidence=(evidence(answer, record),),
                remedy=Remedy(
                    changed(answer, domain, record, meant),
                    note="If the service is not offered, publish 0 0 0 . instead.",
                ),
            )
