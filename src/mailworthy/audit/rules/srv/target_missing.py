"""An SRV record names a host without an address.

## What it checks
The target of every SRV record has an A or AAAA record.

## Why it matters
Mail programs that ask DNS for their servers find a name that leads nowhere, and tell the user
that the account cannot be set up.

## How to fix
Name the host that offers the service, or withdraw the record.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from mailworthy.audit.evidence import AddressSet, ServiceEvidence
from mailworthy.audit.finding import Blank, Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._dots import undoubled
from mailworthy.audit.rules.srv._shared import changed, evidence, instead, offered, withdrawn
from mailworthy.lookup.model import Answer
from mailworthy.names import printable
from mailworthy.rdata.mx import looks_like_address
from mailworthy.rdata.srv import Srv

_HOST = Blank("host", "the name of the host that offers the service")


@rule(
    over="services",
    severity=Severity.WARNING,
    references=("RFC 2782", "RFC 6186 §3"),
    bad=instead("_imaps._tcp 0 1 993 gone.example.com.", blanks={"host": "mail.example.com"}),
    good=instead("_imaps._tcp 0 1 993 www.example.com."),
)
def check(
    service: ServiceEvidence,
    answer: Answer,
    records: tuple[Srv, ...],
    targets: tuple[AddressSet, ...],
    domain: str,
) -> Iterator[Found]:
    known = {s.name: s for s in targets}
    for record in offered(records):
        found = known.get(record.target)
        if found is None or found.ips or looks_like_address(record.target, domain):
            continue
        yield Found(
            subject=service.name,
            message=(
                f"{printable(service.name)} names {printable(record.target, 100)}, "
                f"which has no address{_cause(record, domain)}"
            ),
            evidence=(evidence(answer, record), cite(found.a), cite(found.aaaa)),
            remedy=_remedy(answer, domain, record, any(s.ips for s in targets)),
        )


def _cause(record: Srv, domain: str) -> str:
    return ": its final dot is missing" if undoubled(record.target, domain) else ""


def _remedy(answer: Answer, domain: str, record: Srv, others: bool) -> Remedy:
    if meant := undoubled(record.target, domain):
        return Remedy(changed(answer, domain, record, replace(record, target=meant)))
    if others:
        return withdrawn(answer, domain, record)
    steps = changed(answer, domain, record, replace(record, target="<host>"))
    return Remedy(steps, blanks=(_HOST,))
