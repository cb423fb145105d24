"""Mail leaves from an address that SPF does not name.

## What it checks
The address that Postfix really sends from passes SPF for the domain: the one that it is bound to, or
the one that the kernel takes. Over IPv6 that is often another one than the host is known by.

## Why it matters
Mail from that address fails SPF. Where the record ends in `-all` many receivers refuse it; elsewhere
all depends on DKIM alone.

## How to fix
Bind Postfix to the address that the record names, or add the address to the record.
Without a stable IPv6 address, `inet_protocols = ipv4` is the plain way out.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthyserver import served
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import chosen_by, main, short, show, unauthorised
from mailworthy.audit.rules.spf._authorised import legible, with_hosts
from mailworthy.audit.rules.spf._shared import Spf, replaced
from mailworthy.audit.serverparts import Departure
from mailworthy.servers.reading.model import Postfix, Server


@rule(
    over="departures",
    severity=Severity.BLOCKER,
    references=("RFC 7208 §2.4", "RFC 7208 §10.1"),
    bad=served(
        commands={
            "ip addr": "192.0.2.25 192.0.2.26 2001:db8::25",
            "ip route": "192.0.2.26 2001:db8::25",
        },
        add=("26.2.0.192.in-addr.arpa. PTR mail.example.com.", "mail.example.com. A 192.0.2.26"),
    ),
    good=served(
        main=("smtp_bind_address = 192.0.2.25",),
        commands={
            "ip addr": "192.0.2.25 192.0.2.26 2001:db8::25",
            "ip route": "192.0.2.26 2001:db8::25",
        },
    ),
)
def check(
    departure: Departure,
    postfix: Postfix,
    server: Server,
    spf: Spf,
    addresses: tuple[AddressEvidence, ...],
) -> Iterator[Found]:
    text = legible(spf)
    if text is None or not departure.here or not unauthorised(departure):
        return
    if not departure.outside:
        return
    better = _better(departure, server, addresses)
    setting = f"smtp_bind_address{'6' if departure.version == 6 else ''}"
    yield Found(
        subject=departure.ip,
        message=f"mail leaves from {departure.ip} ({chosen_by(departure)}), which does not pass SPF for {short(spf.name)}",
        evidence=(*show(postfix, setting, "inet_protocols"), cite(spf.answer, text)),
        remedy=(
            main(postfix, (setting, better))
            if better
            else replaced(spf, text, with_hosts(text, [departure.ip]))
        ),
    )


def _better(departure: Departure, server: Server, addresses: tuple[AddressEvidence, ...]) -> str:
    """An address of this machine, of the same family, that passes and has a reverse name."""
    own = server.addresses if isinstance(server.addresses, tuple) else ()
    for address in addresses:
        said, forward = address.authorisation, address.forward
        good = isinstance(said, Known) and said.value.result.value == "pass"
        known = isinstance(forward, Known) and bool(forward.value.confirmed)
        same = (":" in address.ip) == (departure.version == 6)
        if good and known and same and address.ip in own and address.ip != departure.ip:
            return address.ip
    return ""
