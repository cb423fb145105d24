"""The domain has name servers, but no SOA record.

## What it checks
Where a name has NS records it is the start of a zone, and has one SOA record.

## Why it matters
A zone without SOA is not loaded by any name server, and resolvers that meet one cannot say
that a name does not exist.

## How to fix
Put the SOA record back at the start of the zone file.
`mailworthy zone` prints the whole zone with it.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Existence, Nameservers
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.lookup.model import Status


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 1035 §5.2", "RFC 2181 §6.1"),
    bad=healthy(drop=(". 3600 SOA", "example.com. 3600 SOA")),
    good=healthy(),
)
def check(domain: str, existence: Existence, ns: Nameservers) -> Iterator[Found]:
    if existence.soa.status is not Status.EMPTY or existence.soa.chain or not ns.names:
        return
    primary = ns.names[0]
    value = f"{primary}. hostmaster.{domain}. 1 14400 3600 1209600 3600"
    yield Found(
        subject=domain,
        message=f"{domain} has {len(ns.names)} name server records, but no SOA",
        evidence=(cite(existence.soa), cite(ns.answer)),
        remedy=Remedy((publish(domain, "SOA", value),)),
    )
