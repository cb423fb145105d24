"""A sending host greets with a name that is an alias (CNAME).

## What it checks
The names of the sending hosts in `mailworthy.toml` have addresses of their own and are no
CNAMEs.

## Why it matters
The name in EHLO has to be the primary name of the host.
An alias can have no SPF record of its own, and the reverse name cannot lead back to it.

## How to fix
Replace the alias with the addresses of the host, or name the host by its primary name.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence
from mailworthy.audit.finding import Found, Publish, Remedy, Severity, cite, publish, withdraw
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._intent import with_sender
from mailworthy.names import printable

_BOX = ("box.example.com. A 192.0.2.26", 'box.example.com. TXT "v=spf1 a -all"')


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 5321 §2.3.5", "RFC 5321 §4.1.1.1"),
    bad=with_sender("out.example.com. CNAME box.example.com.", *_BOX, ptr="box.example.com"),
    good=with_sender(
        "out.example.com. A 192.0.2.26", 'out.example.com. TXT "v=spf1 a -all"', *_BOX
    ),
)
def check(host: HostEvidence, addresses: AddressSet) -> Iterator[Found]:
    if host.preference is not None or not host.outbound:
        return  # mx-target-is-alias judges MX hosts
    if not addresses.chain or not addresses.ips:
        return
    yield Found(
        subject=host.name,
        message=(
            f"the sending host {printable(host.name, 100)} is an alias of "
            f"{printable(addresses.chain[-1], 100)}"
        ),
        evidence=(cite(addresses.a), cite(addresses.aaaa)),
        remedy=Remedy(
            (
                withdraw(host.name, "CNAME", f"{addresses.chain[0]}."),
                *(_address(host.name, ip) for ip in addresses.ips),
            )
        ),
    )


def _address(name: str, ip: str) -> Publish:
    return publish(name, "AAAA" if ":" in ip else "A", ip)
