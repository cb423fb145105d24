"""An NS record names a host without an address.

## What it checks
The name in every NS record has an A or AAAA record.

## Why it matters
Resolvers try the server in vain.
With one of two servers gone, half of the look-ups are slow, and the other one must never fail.

## How to fix
Withdraw the record, or give the server its address again.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, NameserverEvidence, Nameservers
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.zone._shared import dismissed, served_by, texts
from mailworthy.names import printable
from mailworthy.rdata.mx import looks_like_address


@rule(
    over="nameservers",
    severity=Severity.WARNING,
    references=("RFC 2181 §10.3", "RFC 1912 §2.8"),
    bad=served_by("gone.example.net"),
    good=served_by("ns3.example.net", more=("ns3.example.net. A 203.0.113.54",)),
)
def check(
    server: NameserverEvidence, addresses: AddressSet, ns: Nameservers, domain: str
) -> Iterator[Found]:
    if addresses.ips or looks_like_address(server.name, domain):
        return
    yield Found(
        subject=server.name,
        message=f"the name server {printable(server.name, 100)} has no address",
        evidence=(
            cite(ns.answer, texts(ns, server.name)[0]),
            cite(addresses.a),
            cite(addresses.aaaa),
        ),
        remedy=dismissed(ns, domain, server.name),
    )
