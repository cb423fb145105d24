"""An NS record names an alias (CNAME) instead of a host.

## What it checks
The name in an NS record has addresses of its own and is no CNAME.

## Why it matters
Resolvers need the address at once, and many do not follow an alias there.
For them the server does not exist.

## How to fix
Write the name that the alias leads to into the NS record, here and at the registrar.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, NameserverEvidence, Nameservers
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.zone._shared import renamed, served_by, texts
from mailworthy.names import printable


@rule(
    over="nameservers",
    severity=Severity.WARNING,
    references=("RFC 2181 §10.3", "RFC 1912 §2.4"),
    bad=served_by("dns.example.net", more=("dns.example.net. CNAME ns2.example.net.",)),
    good=served_by("dns.example.net", more=("dns.example.net. A 203.0.113.53",)),
)
def check(
    server: NameserverEvidence, addresses: AddressSet, ns: Nameservers, domain: str
) -> Iterator[Found]:
    if not addresses.chain or not addresses.ips:
        return
    host = addresses.chain[-1]
    yield Found(
        subject=server.name,
        message=(
            f"the name server {printable(server.name, 100)} is an alias of {printable(host, 100)}"
        ),
        evidence=(cite(ns.answer, texts(ns, server.name)[0]), cite(addresses.a)),
        remedy=renamed(ns, domain, server.name, host),
    )
