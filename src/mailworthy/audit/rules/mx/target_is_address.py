"""An MX record holds an IP address where a host name belongs.

## What it checks
The target of an MX record is a name: neither an address, nor an address that became a name
because the zone's own name was appended to it.

## Why it matters
An MX record can only hold names, so senders look for a host that is called `192.0.2.25`, find
none, and return the mail.

## How to fix
Give the address a name with an A or AAAA record, and write that name into the MX record.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence, MxSet
from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthy import healthy
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.mx._shared import MAIL_HOST, retarget, shown
from mailworthy.names import printable
from mailworthy.rdata.mx import looks_like_address


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 1035 §3.3.9", "RFC 5321 §5.1"),
    bad=healthy(
        drop=("example.com. MX",),
        add=("example.com. MX 10 192.0.2.25.",),
        blanks={"mail-host": "mail.example.com"},
    ),
    good=healthy(
        drop=("example.com. MX",),
        add=("example.com. MX 10 host25.example.com.", "host25.example.com. A 192.0.2.25"),
    ),
)
def check(mx: MxSet, hosts: tuple[HostEvidence, ...], domain: str) -> Iterator[Found]:
    for name in dict.fromkeys(r.exchange for r in mx.exchanges):
        ip = looks_like_address(name, domain)
        if ip is not None:
            yield Found(
                subject=domain,
                message=(
                    f"the MX record of {printable(domain)} holds the address {ip}, "
                    f"not a host name: {printable(name, 100)}"
                ),
                evidence=(shown(mx, name),),
                remedy=_remedy(mx, domain, name, _named(ip, hosts)),
            )


def _named(ip: str, hosts: tuple[HostEvidence, ...]) -> str | None:
    """A mail host that is known to have the address."""
    return next(
        (
            h.name
            for h in hosts
            if isinstance(h.addresses, Known)
            and ip in h.addresses.value.ips
            and not h.addresses.value.chain
        ),
        None,
    )


def _remedy(mx: MxSet, domain: str, name: str, host: str | None) -> Remedy:
    return retarget(mx, domain, name, host or f"<{MAIL_HOST.placeholder}>")
