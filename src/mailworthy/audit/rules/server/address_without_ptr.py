"""Mail leaves from an address without reverse DNS.

## What it checks
The address that Postfix really sends from has a PTR record. Where the host is known by other addresses,
the rules about reverse DNS look at those, and this one at the address in use.

## Why it matters
Gmail, Yahoo, Outlook and GMX refuse or defer mail from addresses without reverse DNS.

## How to fix
Bind Postfix to an address that has a reverse name, or ask the provider of the address for one.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence
from mailworthy.audit.finding import AskOther, Found, Remedy, Severity, cite, publish
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import chosen_by, judged, short, show
from mailworthy.audit.serverparts import Departure
from mailworthy.lookup.model import Answer
from mailworthy.rdata.fields import absolute
from mailworthy.servers.reading.model import Postfix


@rule(
    over="departures",
    severity=Severity.BLOCKER,
    references=("RFC 1912 §2.1", "RFC 8601 §2.7.3"),
    bad=served(
        commands={
            "ip addr": "192.0.2.25 192.0.2.26 2001:db8::25",
            "ip route": "192.0.2.26 2001:db8::25",
        },
        drop=("example.com. TXT", "mail.example.com. AAAA"),
        add=(
            'example.com. TXT "v=spf1 ip4:192.0.2.25 ip4:192.0.2.26 ip6:2001:db8::25 ~all"',
            "out.example.com. A 192.0.2.26",
            'out.example.com. TXT "v=spf1 a -all"',
        ),
        main=("smtp_helo_name = out.example.com", "inet_protocols = ipv4"),
    ),
    good=served(),
)
def check(
    departure: Departure,
    postfix: Postfix,
    ptr: Answer,
    names: tuple[str, ...],
    addresses: tuple[AddressEvidence, ...],
) -> Iterator[Found]:
    if not departure.outside or not departure.here or names:
        return
    if judged(departure, addresses):
        return
    name = postfix.value("smtp_helo_name") or postfix.value("myhostname")
    what = f"Please set the reverse DNS (PTR) of {departure.ip} to {short(name)}"
    change = publish(ptr.ask.name, "PTR", absolute(name))
    yield Found(
        subject=departure.ip,
        message=f"mail leaves from {departure.ip} ({chosen_by(departure)}), which has no reverse DNS",
        evidence=(*show(postfix, "smtp_bind_address", "smtp_bind_address6"), cite(ptr)),
        remedy=Remedy((AskOther("the provider of the address", what, (change,)),)),
    )
