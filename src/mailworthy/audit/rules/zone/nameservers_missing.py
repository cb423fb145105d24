"""The zone names no name servers.

## What it checks
The start of a zone has NS records beside its SOA.

## Why it matters
A name server refuses to load a zone without NS records, and resolvers that ask for them get
nothing to go on with.

## How to fix
Publish an NS record for each server that answers for the zone: the same names that the
registrar has.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Existence, Nameservers
from mailworthy.audit.finding import Blank, Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.lookup.model import Status

_SERVERS = (
    Blank("first name server", "the name of a server that answers for the zone"),
    Blank("second name server", "the name of another one, in another network"),
)


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 1034 §4.2.1", "RFC 1035 §5.2", "RFC 2182 §5"),
    bad=healthy(
        drop=("example.com. NS",),
        blanks={
            "first name server": "ns1.example.net.",
            "second name server": "ns2.example.net.",
        },
    ),
    good=healthy(),
)
def check(domain: str, existence: Existence, ns: Nameservers) -> Iterator[Found]:
    if not existence.apex or ns.answer.status is not Status.EMPTY:
        return
    steps = tuple(publish(domain, "NS", f"<{blank.placeholder}>") for blank in _SERVERS)
    yield Found(
        subject=domain,
        message=f"{domain} is a zone of its own, but has no NS record",
        evidence=(cite(existence.soa), cite(ns.answer)),
        remedy=Remedy(steps, blanks=_SERVERS),
    )
