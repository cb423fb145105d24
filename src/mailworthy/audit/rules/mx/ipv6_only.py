"""No MX host of the domain has an IPv4 address.

## What it checks
At least one MX host has an A record.

## Why it matters
Many senders still have IPv4 only.
They cannot deliver to a domain whose mail hosts are on IPv6 alone.

## How to fix
Give the mail host an IPv4 address, or add an MX host that has one.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence, MxSet
from mailworthy.audit.finding import Blank, Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.mx._shared import shown, works
from mailworthy.domain.intent import Domain
from mailworthy.names import printable

_IPV4 = Blank("ipv4", "an IPv4 address under which the mail host takes mail")


@rule(
    severity=Severity.WARNING,
    references=("RFC 5321 §5.2",),
    bad=healthy(drop=("mail.example.com. A 1",), blanks={"ipv4": "192.0.2.25"}),
    good=healthy(drop=("mail.example.com. AAAA", "5.2.0.0.0")),
)
def check(
    domain: str, mx: MxSet, hosts: tuple[HostEvidence, ...], wish: Domain | None
) -> Iterator[Found]:
    exchanges = [h for h in hosts if h.preference is not None]
    reachable = [h for h in exchanges if works(h)]
    if wish is not None or not reachable or any(_may_have_ipv4(h) for h in exchanges):
        return
    first = reachable[0]
    if not isinstance(first.a, Known):
        return
    yield Found(
        subject=domain,
        message=f"no MX host of {printable(domain)} has an IPv4 address",
        evidence=(
            shown(mx, first.name),
            *(cite(a.value) for a in (first.a, first.aaaa) if isinstance(a, Known)),
        ),
        remedy=Remedy(mend(first.a.value, domain, add=("<ipv4>",)), blanks=(_IPV4,)),
    )


def _may_have_ipv4(host: HostEvidence) -> bool:
    found = host.addresses
    return not isinstance(found, Known) or _ipv4(found.value)


def _ipv4(addresses: AddressSet) -> bool:
    return any(":" not in ip for ip in addresses.ips)
