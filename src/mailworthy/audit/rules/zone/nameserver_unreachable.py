"""A name server has only addresses that nobody outside can reach.

## What it checks
Every name server has an address outside the private and other special ranges.

## Why it matters
Resolvers on the internet cannot reach the server.
Usually the zone for the inside of a network was published by mistake.

## How to fix
Withdraw the NS record, or publish the public address of the server.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, NameserverEvidence, Nameservers
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.zone._shared import dismissed, served_by, texts
from mailworthy.names import printable
from mailworthy.rdata.address import Kind, kind

_REACHABLE = frozenset({Kind.GLOBAL, Kind.DOCUMENTATION})


@rule(
    over="nameservers",
    severity=Severity.WARNING,
    references=("RFC 1918 §5", "RFC 6890 §2.2.2"),
    bad=served_by("inside.example.net", more=("inside.example.net. A 10.0.0.53",)),
    good=served_by(
        "inside.example.net",
        more=("inside.example.net. A 10.0.0.53", "inside.example.net. A 203.0.113.53"),
    ),
)
def check(
    server: NameserverEvidence, addresses: AddressSet, ns: Nameservers, domain: str
) -> Iterator[Found]:
    if not addresses.ips or any(kind(ip) in _REACHABLE for ip in addresses.ips):
        return
    yield Found(
        subject=server.name,
        message=(
            f"the name server {printable(server.name, 100)} cannot be reached from outside: "
            f"{', '.join(addresses.ips[:4])}"
        ),
        evidence=(
            cite(ns.answer, texts(ns, server.name)[0]),
            cite(addresses.a),
            cite(addresses.aaaa),
        ),
        remedy=dismissed(ns, domain, server.name),
    )
