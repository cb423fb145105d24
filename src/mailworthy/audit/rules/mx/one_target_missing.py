"""One of several MX records names a host without an address.

## What it checks
Every MX record names a host with an A or AAAA record.

## Why it matters
Senders try the hosts in turn, and each dead one costs time.
Some give up, or take the domain for abandoned.

## How to fix
Withdraw the MX record, or publish the address of the host if it still exists.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence, MxSet
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mx._shared import TLSA, dropped, malformed, second, shown, works
from mailworthy.lookup.model import Status
from mailworthy.names import printable


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 5321 §5.1", "RFC 2181 §10.3"),
    bad=second("gone.example.com", f"_25._tcp.gone.example.com. {TLSA}"),
    good=second("here.example.com", "here.example.com. A 192.0.2.25"),
)
def check(
    host: HostEvidence,
    addresses: AddressSet,
    mx: MxSet,
    hosts: tuple[HostEvidence, ...],
    domain: str,
) -> Iterator[Found]:
    if host.preference is None or addresses.ips or malformed(host.name, domain):
        return
    if not any(works(h) for h in hosts):
        return
    why = "does not exist" if addresses.a.status is Status.ABSENT else "has no address"
    yield Found(
        subject=host.name,
        message=f"the MX host {printable(host.name, 100)} {why}",
        evidence=(shown(mx, host.name), cite(addresses.a), cite(addresses.aaaa)),
        remedy=dropped(mx, domain, host.name, hosts),
    )
