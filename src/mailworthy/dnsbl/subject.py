"""What is looked up, and under which names (RFC 5782 §2.1, §2.4, §3, §5)."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address

import msgspec

from mailworthy.dnsbl.model import Dnsbl, Kind
from mailworthy.rdata.address import Address, address, render, unmapped
from mailworthy.rdata.address import Kind as Purpose
from mailworthy.rdata.address import kind as purpose
from mailworthy.spf.identity import domain_of

# Everybody has these: no list can say anything about whoever uses one. 127.0.0.2 would be listed.
_PRIVATE = frozenset({Purpose.LOOPBACK, Purpose.PRIVATE, Purpose.LINK_LOCAL, Purpose.ULA})


class Subject(msgspec.Struct, frozen=True):
    """An address or a domain; `label` is what stands before the zone of a list."""

    text: str
    kind: Kind
    label: str


def subject(given: Address | str) -> Subject | None:
    """Read an address or a domain; an IPv4 address mapped into IPv6 counts as IPv4.

    None for what no list can have an entry for: private addresses, and texts that are neither
    an address nor a domain of two labels or more. Never raises.
    """
    found = address(given) if isinstance(given, str) else given
    if found is not None:
        return _of_address(found)
    domain = domain_of(given) if isinstance(given, str) else None
    return None if domain is None else Subject(domain, Kind.DOMAIN, domain)


@lru_cache(maxsize=4096)
def _of_address(found: Address) -> Subject | None:
    ip = unmapped(found)
    if purpose(ip) in _PRIVATE:
        return None
    return Subject(render(ip), Kind.IP4 if ip.version == 4 else Kind.IP6, _label(ip))


def _label(ip: Address) -> str:
    return ip.reverse_pointer.removesuffix(".in-addr.arpa").removesuffix(".ip6.arpa")


_TESTS = {
    Kind.IP4: (_label(IPv4Address("127.0.0.2")), _label(IPv4Address("127.0.0.1"))),
    Kind.IP6: (_label(IPv6Address("::ffff:127.0.0.2")), _label(IPv6Address("::ffff:127.0.0.1"))),
}


def probes(dnsbl: Dnsbl, kind: Kind) -> tuple[str, str]:
    """The name that has to be in the list, and the one that must not be (§5)."""
    present, absent = _TESTS.get(kind) or (dnsbl.present, dnsbl.absent)
    return f"{present}.{dnsbl.zone}", f"{absent}.{dnsbl.zone}"
