"""An SRV record names an alias (CNAME) instead of a host.

## What it checks
The target of an SRV record has addresses of its own and is no CNAME.

## Why it matters
The standard forbids it, and some mail programs do not follow the alias.
Certificates are compared with the name in the record, not with the one behind it.

## How to fix
Write the name that the alias leads to into the record.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from mailworthy.audit.evidence import AddressSet, ServiceEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.srv._shared import changed, evidence, instead, offered
from mailworthy.lookup.model import Answer
from mailworthy.names import printable
from mailworthy.rdata.srv import Srv


@rule(
    over="services",
    severity=Severity.ADVICE,
    references=("RFC 2782", "RFC 8314 §4.4"),
    bad=instead("_imaps._tcp 0 1 993 autoconfig.example.com."),
    good=instead("_imaps._tcp 0 1 993 www.example.com."),
)
def check(
    service: ServiceEvidence,
    answer: Answer,
    records: tuple[Srv, ...],
    targets: tuple[AddressSet, ...],
    domain: str,
) -> Iterator[Found]:
    aliases = {s.name: s for s in targets if s.chain and s.ips}
    for record in offered(records):
        alias = aliases.get(record.target)
        if alias is not None:
            host = alias.chain[-1]
            yield Found(
                subject=service.name,
                message=(
                    f"{printable(service.name)} names {printable(record.target, 100)}, an alias of "
                    f"{printable(host, 100)}"
                ),
                evidence=(evidence(answer, record), cite(alias.a)),
                remedy=Remedy(changed(answer, domain, record, replace(record, target=host))),
            )
