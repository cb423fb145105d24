"""The mail host is authorised by its IPv4 address only, but has IPv6 too.

## What it checks
A mail host of the domain whose IPv4 address passes SPF, and which has an IPv6 address with reverse
DNS, passes by that address too.

## Why it matters
Most mail servers use IPv6 where both ends have it.
Gmail refuses mail over IPv6 that passes neither SPF nor DKIM, and the fault comes and goes with
the route that a message takes.

## How to fix
Add the address with `ip6:`.
If your server never sends over IPv6, adding it does no harm either.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressEvidence, Ptr
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._authorised import legible, passes, refused, with_hosts
from mailworthy.audit.rules.spf._shared import Spf, replaced, shown, world
from mailworthy.domain.intent import Domain
from mailworthy.names import is_within


@rule(
    over="addresses",
    severity=Severity.WARNING,
    references=("RFC 7208 §5.6", "RFC 7208 §10.1"),
    bad=world("v=spf1 ip4:192.0.2.25 ~all"),
    good=world("v=spf1 a:mail.example.com ~all"),
)
def check(
    address: AddressEvidence,
    ptr: Ptr,
    addresses: tuple[AddressEvidence, ...],
    wish: Domain | None,
    spf: Spf,
) -> Iterator[Found]:
    text = legible(spf)
    if text is None or wish is not None or ":" not in address.ip or not ptr.names:
        return
    its = [a for a in addresses if set(a.hosts) & set(address.hosts)]
    sixes = [a for a in its if ":" in a.ip]
    own = any(is_within(name, spf.name) for name in address.hosts)
    if own and all(map(refused, sixes)) and any(passes(a) for a in its if ":" not in a.ip):
        yield Found(
            subject=address.ip,
            message=(
                f"{shown(address.hosts[0])} passes SPF for {shown(spf.name)} over IPv4, but not "
                f"from {address.ip}"
            ),
            evidence=(cite(spf.answer, text),),
            remedy=replaced(spf, text, with_hosts(text, [address.ip])),
        )
