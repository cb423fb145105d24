"""The reverse name of the address that mail leaves from does not lead back.

## What it checks
One of the PTR names of the address that Postfix really sends from has this address.

## Why it matters
A reverse name that does not lead back is no proof of anything: receivers treat the address as one
without a name.

## How to fix
Publish the address for the name, or bind Postfix to an address whose name leads back.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import judged, short
from mailworthy.audit.serverparts import Departure
from mailworthy.lookup.model import Answer


@rule(
    over="departures",
    severity=Severity.WARNING,
    references=("RFC 8601 §2.7.3", "RFC 1912 §2.1"),
    bad=served(
        commands={
            "ip addr": "192.0.2.25 192.0.2.26 2001:db8::25",
            "ip route": "192.0.2.26 2001:db8::25",
        },
        drop=("example.com. TXT", "mail.example.com. AAAA"),
        add=(
            'example.com. TXT "v=spf1 ip4:192.0.2.25 ip4:192.0.2.26 ip6:2001:db8::25 ~all"',
            "26.2.0.192.in-addr.arpa. PTR box.example.com.",
            "out.example.com. A 192.0.2.26",
            'out.example.com. TXT "v=spf1 a -all"',
        ),
        main=("smtp_helo_name = out.example.com", "inet_protocols = ipv4"),
    ),
    good=served(),
)
def check(
    departure: Departure,
    ptr: Answer,
    names: tuple[str, ...],
    confirmed: tuple[str, ...],
    addresses: tuple[AddressEvidence, ...],
) -> Iterator[Found]:
    if not departure.outside or not departure.here or not names or confirmed:
        return
    if judged(departure, addresses):
        return
    type_ = "AAAA" if departure.version == 6 else "A"
    yield Found(
        subject=departure.ip,
        message=f"mail leaves from {departure.ip}, whose reverse name {short(names[0])} has other addresses or none",
        evidence=(cite(ptr),),
        remedy=Remedy((publish(names[0], type_, departure.ip),)),
    )
