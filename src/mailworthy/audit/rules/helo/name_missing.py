"""A sending host greets with a name that has no address.

## What it checks
The names of the sending hosts in `mailworthy.toml` have A or AAAA records.

## Why it matters
The name in EHLO must lead to an address.
Many receivers look it up, and refuse a host whose name does not exist.

## How to fix
Publish the addresses of the host under its name.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence, AddressSet, HostEvidence
from mailworthy.audit.finding import Found, Publish, Remedy, Severity, cite, publish
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._intent import with_sender
from mailworthy.names import printable

_BOX = "box.example.com. A 192.0.2.26"


@rule(
    severity=Severity.WARNING,
    references=("RFC 5321 §2.3.5", "RFC 5321 §4.1.4"),
    bad=with_sender(_BOX, ptr="box.example.com"),
    good=with_sender(_BOX, "out.example.com. A 192.0.2.26", ptr="box.example.com"),
)
def check(
    hosts: tuple[HostEvidence, ...], addresses: tuple[AddressEvidence, ...]
) -> Iterator[Found]:
    for host in hosts:
        found = _missing(host)
        wished = [a.ip for a in addresses if host.name in a.hosts]
        if found is not None and wished:
            yield Found(
                subject=host.name,
                message=f"the sending host {printable(host.name, 100)} has no address",
                evidence=(cite(found.a), cite(found.aaaa)),
                remedy=Remedy(tuple(_address(host.name, ip) for ip in wished)),
            )


def _missing(host: HostEvidence) -> AddressSet | None:
    """The empty addresses of a host that sends; MX hosts have rules of their own."""
    if host.preference is not None or not host.outbound or not isinstance(host.addresses, Known):
        return None
    return None if host.addresses.value.ips else host.addresses.value


def _address(name: str, ip: str) -> Publish:
    return publish(name, "AAAA" if ":" in ip else "A", ip)
