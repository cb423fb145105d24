"""An SRV record holds an IP address where a host name belongs.

## What it checks
The target of an SRV record is a name: neither an address, nor an address that became a name
because the zone's own name was appended to it.

## Why it matters
An SRV record can only hold names, and no host is called `192.0.2.25`.

## How to fix
Give the address a name, and write that name into the record.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from mailworthy.audit.evidence import ServiceEvidence
from mailworthy.audit.finding import Blank, Found, Remedy, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.srv._shared import changed, evidence, instead, offered
from mailworthy.lookup.model import Answer
from mailworthy.names import printable
from mailworthy.rdata.mx import looks_like_address
from mailworthy.rdata.srv import Srv

_HOST = Blank("host", "the name of the host with this address")


@rule(
    over="services",
    severity=Severity.WARNING,
    references=("RFC 2782",),
    bad=instead("_imaps._tcp 0 1 993 192.0.2.25.", blanks={"host": "mail.example.com"}),
    good=instead("_imaps._tcp 0 1 993 host25.example.com."),
)
def check(
    service: ServiceEvidence, answer: Answer, records: tuple[Srv, ...], domain: str
) -> Iterator[Found]:
    for record in offered(records):
        ip = looks_like_address(record.target, domain)
        if ip is not None:
            yield Found(
                subject=service.name,
                message=f"{printable(service.name)} holds the address {ip}, not a host name",
                evidence=(evidence(answer, record),),
                remedy=Remedy(
                    changed(answer, domain, record, replace(record, target="<host>")),
                    blanks=(_HOST,),
                ),
            )
