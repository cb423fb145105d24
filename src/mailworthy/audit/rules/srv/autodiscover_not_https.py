"""The SRV record for Outlook names another port than that of HTTPS.

## What it checks
`_autodiscover._tcp` names port 443.

## Why it matters
Outlook asks for its settings by HTTPS, and gives up on any other port.

## How to fix
Write port 443, and serve the settings there.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from mailworthy.audit.evidence import ServiceEvidence
from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.srv._shared import changed, evidence, instead, offered
from mailworthy.lookup.model import Answer
from mailworthy.names import printable
from mailworthy.rdata.srv import Srv


@rule(
    over="services",
    severity=Severity.ADVICE,
    references=("RFC 2782",),
    bad=instead("_autodiscover._tcp 0 0 80 mail.example.com."),
    good=instead("_autodiscover._tcp 0 0 443 www.example.com."),
)
def check(
    service: ServiceEvidence, answer: Answer, records: tuple[Srv, ...], domain: str
) -> Iterator[Found]:
    if service.service != "_autodiscover._tcp":
        return
    for record in offered(records):
        if record.port not in (0, 443):
            yield Found(
                subject=service.name,
                message=f"{printable(service.name)} names port {record.port}, Outlook needs 443",
                evidence=(evidence(answer, record),),
                remedy=Remedy(changed(answer, domain, record, replace(record, port=443))),
            )
