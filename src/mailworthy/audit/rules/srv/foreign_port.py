"""An SRV record names the usual port of another service.

## What it checks
No record names a port that belongs to another mail service: `_imaps` with port 143, or
`_submission` with port 465.

## Why it matters
On the one port TLS begins at once, on the other with STARTTLS.
A mail program that was told the wrong one waits for a greeting that never comes.

## How to fix
Write the port of the service itself.
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
    references=("RFC 6186 §3", "RFC 8314 §7.3"),
    bad=instead("_imaps._tcp 0 1 143 mail.example.com."),
    good=instead("_imaps._tcp 0 1 9993 mail.example.com."),
)
def check(
    service: ServiceEvidence, answer: Answer, records: tuple[Srv, ...], domain: str
) -> Iterator[Found]:
    own = PORTS.get(service.service)
    for record in offered(records):
        theirs = next((s for s, port in PORTS.items() if port == record.port), None)
        if own is None or theirs is None or theirs == service.service:
            continue
        yield Found(
            subject=service.name,
            message=(
                f"{printable(service.name)} names port {record.port}, which is that of {theirs}; "
                f"its own is {own}"
            ),
            evidence=(evidence(answer, record),),
            remedy=Remedy(changed(answer, domain, record, replace(record, port=own))),
        )
