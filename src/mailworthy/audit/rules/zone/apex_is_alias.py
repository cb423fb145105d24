"""An alias (CNAME) stands at the start of the zone, beside other records.

## What it checks
The name of the zone itself is no CNAME.

## Why it matters
An alias allows no other record at its name, and the start of a zone must have some.
Resolvers that have seen the alias ask its target for MX and SPF from then on: mail gets lost,
now here, now there.

## How to fix
Replace the alias with the addresses that it leads to.
Many DNS providers do that by themselves (ALIAS, ANAME, flattening).
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, Existence
from mailworthy.audit.finding import Found, Publish, Remedy, Severity, cite, publish, withdraw
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.names import printable


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 1034 §3.6.2", "RFC 1912 §2.4"),
    bad=healthy(add=("example.com. CNAME www.example.com.",)),
    good=healthy(add=("example.com. A 192.0.2.80",)),
)
def check(domain: str, existence: Existence, own: AddressSet) -> Iterator[Found]:
    alias = existence.alias
    if alias is None:
        return
    target = alias.chain[0]
    yield Found(
        subject=domain,
        message=(
            f"{printable(domain)} is an alias of {printable(target, 100)}, "
            "and the start of a zone, which has other records"
        ),
        evidence=(cite(existence.soa), cite(alias)),
        remedy=Remedy(
            (
                withdraw(domain, "CNAME", f"{target}."),
                *(_address(domain, ip) for ip in own.ips if own.a.chain),
            )
        ),
    )


def _address(name: str, ip: str) -> Publish:
    return publish(name, "AAAA" if ":" in ip else "A", ip)
