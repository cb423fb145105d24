"""A real mail host has an address that exists in documentation only.

## What it checks
No mail host of a real domain has an address in 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24,
2001:db8::/32 or 3fff::/20.
Examples such as `example.com` may.

## Why it matters
These addresses stand in manuals so that nobody's real address does.
They are not routed: a record that was copied from a guide leads nowhere.

## How to fix
Replace the address with that of your host.
"""

from collections.abc import Iterator

from mailworthy.audit.case import Case
from mailworthy.audit.evidence import AddressSet, HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthy import POLICY, POLICY_URL, SELECTORS, SIGNED, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.address._shared import misused
from mailworthy.rdata.address import reverse_name
from mailworthy.reserved import misplaced

_REAL4 = "192.0.34.25"
_REAL6 = "2620:0:2d0:200::25"
_DS = "DS 23483 13 2 c29e61574e1af23da2312a640ad7e385c3374c013bb9da2e98570cf2498684b7"


def _real(*addresses: str) -> Case:
    """The healthy world under a name that is no example, its mail host at these addresses."""
    made = healthy(
        drop=("example.com. TXT", "example.com. DS", "mail.example.com. A"),
        add=(
            'example.com. TXT "v=spf1 mx ~all"',
            f"example.com. {_DS}",
            *(f"{reverse_name(ip)}. PTR mail.example.com." for ip in (_REAL4, _REAL6)),
            *addresses,
        ),
    )
    return Case(
        made.zones.replace("example.com", "example.zz"),
        signed=tuple(name.replace("example.com", "example.zz") for name in SIGNED),
        selectors=SELECTORS,
        fetches={POLICY_URL.replace("example.com", "example.zz"): _policy()},
        domain="example.zz",
        blanks={"ipv4": _REAL4, "ipv6": _REAL6},
        changes=tuple(f"+ {line.replace('example.com', 'example.zz')}" for line in addresses),
    )


def _policy() -> str:
    return POLICY.replace("example.com", "example.zz")


@rule(
    over="hosts",
    severity=Severity.BLOCKER,
    references=("RFC 5737 §3", "RFC 3849 §2"),
    bad=_real("mail.example.com. A 192.0.2.25", "mail.example.com. AAAA 2001:db8::25"),
    good=_real(f"mail.example.com. A {_REAL4}", f"mail.example.com. AAAA {_REAL6}"),
)
def check(host: HostEvidence, addresses: AddressSet, domain: str) -> Iterator[Found]:
    what = "which is reserved for documentation"
    yield from misused(host, addresses, domain, lambda ip: misplaced(host.name, ip), what)
