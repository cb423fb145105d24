"""The MX records name no host that has an address.

## What it checks
At least one MX record names a host with an A or AAAA record.

## Why it matters
Senders that find MX records use those and nothing else: the address of the domain itself is no
way out.
All mail for the domain is lost.

## How to fix
Publish the addresses of the mail host, or an MX record that names a host with an address.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence, HostEvidence, MxSet
from mailworthy.audit.finding import Blank, Found, Publish, Remedy, Severity, cite, publish
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._dots import undoubled
from mailworthy.audit.rules.mx._shared import MAIL_HOST, TLSA, only, retarget, shown, works
from mailworthy.names import printable
from mailworthy.rdata.mx import looks_like_address

_IPV4 = Blank("ipv4", "the IPv4 address of the mail host")


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 5321 §5.1", "RFC 2181 §10.3"),
    bad=only("gone.example.com", f"_25._tcp.gone.example.com. {TLSA}"),
    good=only("here.example.com", "here.example.com. A 192.0.2.25"),
)
def check(
    domain: str,
    mx: MxSet,
    hosts: tuple[HostEvidence, ...],
    addresses: tuple[AddressEvidence, ...],
) -> Iterator[Found]:
    exchanges = [h for h in hosts if h.preference is not None]
    if not exchanges or any(works(h) or not isinstance(h.addresses, Known) for h in exchanges):
        return
    if any(looks_like_address(h.name, domain) or undoubled(h.name, domain) for h in exchanges):
        return  # mx-target-is-address or mx-missing-dot says it, and how to mend it
    best = exchanges[0]
    yield Found(
        subject=domain,
        message=f"no MX host of {printable(domain)} has an address: {_list(exchanges)}",
        evidence=(
            shown(mx, best.name),
            *(cite(a.value) for a in (best.a, best.aaaa) if isinstance(a, Known)),
        ),
        remedy=_remedy(domain, mx, best, addresses),
    )


def _list(hosts: list[HostEvidence]) -> str:
    return ", ".join(printable(h.name, 80) for h in hosts[:4])


def _remedy(
    domain: str, mx: MxSet, host: HostEvidence, addresses: tuple[AddressEvidence, ...]
) -> Remedy:
    """The addresses that the intent gives the host; else those that the user knows."""
    if not host.within:
        return retarget(mx, domain, host.name, f"<{MAIL_HOST.placeholder}>")
    known = tuple(_address(host.name, a.ip) for a in addresses if host.name in a.hosts)
    if known:
        return Remedy(known)
    return Remedy((publish(host.name, "A", "<ipv4>"),), blanks=(_IPV4,))


def _address(name: str, ip: str) -> Publish:
    return publish(name, "AAAA" if ":" in ip else "A", ip)
