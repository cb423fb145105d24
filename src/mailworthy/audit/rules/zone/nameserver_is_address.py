"""An NS record holds an IP address where a name belongs.

## What it checks
The target of an NS record is a name: neither an address, nor an address that became a name
because the zone's own name was appended to it.

## Why it matters
An NS record can only hold names, and no host is called `192.0.2.53`.

## How to fix
Give the address a name with an A or AAAA record, and write that name into the NS record.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import NameserverEvidence, Nameservers
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.zone._shared import dismissed, served_by, texts
from mailworthy.names import printable
from mailworthy.rdata.mx import looks_like_address


@rule(
    over="nameservers",
    severity=Severity.WARNING,
    references=("RFC 1035 §3.3.11", "RFC 1912 §2.8"),
    bad=served_by("203.0.113.53"),
    good=served_by("host53.example.net", more=("host53.example.net. A 203.0.113.53",)),
)
def check(server: NameserverEvidence, ns: Nameservers, domain: str) -> Iterator[Found]:
    ip = looks_like_address(server.name, domain)
    if ip is None:
        return
    yield Found(
        subject=domain,
        message=f"an NS record of {printable(domain)} holds the address {ip}, not a name",
        evidence=(cite(ns.answer, texts(ns, server.name)[0]),),
        remedy=dismissed(ns, domain, server.name),
    )
