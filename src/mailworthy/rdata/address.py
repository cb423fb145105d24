"""IP addresses as mail sees them: canonical text, reverse names, what a range is for."""

import ipaddress
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from mailworthy.errors import UsageError
from mailworthy.names import printable

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_MAX_TEXT = 64  # no address is longer, so longer texts are not looked at


class NotAnAddress(UsageError):
    """A text that should be an IP address and is none."""


class Kind(StrEnum):
    """What an address is for (IANA special-purpose address registries, RFC 6890)."""

    GLOBAL = "global"
    PRIVATE = "private"  # RFC 1918
    LOOPBACK = "loopback"
    LINK_LOCAL = "link-local"
    ULA = "ula"  # RFC 4193
    DOCUMENTATION = "documentation"  # RFC 5737, 3849, 9637
    MULTICAST = "multicast"
    CGNAT = "cgnat"  # RFC 6598
    OTHER_SPECIAL = "other-special"


_RANGES = {
    Kind.PRIVATE: "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16",
    Kind.LOOPBACK: "127.0.0.0/8 ::1/128",
    Kind.LINK_LOCAL: "169.254.0.0/16 fe80::/10",
    Kind.ULA: "fc00::/7",
    Kind.DOCUMENTATION: "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20",
    Kind.MULTICAST: "224.0.0.0/4 ff00::/8",
    Kind.CGNAT: "100.64.0.0/10",
    # This network, protocol assignments, 6to4, benchmarking, reserved; Teredo and its
    # neighbours, 6to4, segment routing, and all of IPv6 outside 2000::/3.
    Kind.OTHER_SPECIAL: "0.0.0.0/8 192.0.0.0/24 192.88.99.0/24 198.18.0.0/15 240.0.0.0/4 "
    "2001::/23 2002::/16 ::/3 4000::/2 8000::/1",
}
_TABLE: tuple[tuple[Network, Kind], ...] = tuple(
    (ipaddress.ip_network(text), kind) for kind, texts in _RANGES.items() for text in texts.split()
)


def address(text: str) -> Address | None:
    """The address that a text presents, None if it presents none; a zone (`%eth0`) is none."""
    return None if len(text) > _MAX_TEXT else _address(text)


@lru_cache(maxsize=4096)
def _address(text: str) -> Address | None:
    try:
        return None if "%" in text else ipaddress.ip_address(text)
    except ValueError:
        return None


def unmapped(ip: Address) -> Address:
    """The IPv4 address that was mapped into IPv6 (RFC 4291 §2.5.5.2), or the address itself."""
    return (ip.ipv4_mapped or ip) if isinstance(ip, ipaddress.IPv6Address) else ip


def client(ip: Address | str) -> Address:
    """An SMTP client: IPv4 where it was mapped into IPv6 (RFC 7208 §5).

    Raises NotAnAddress for a text that is none.
    """
    return unmapped(_address_of(ip))


def canonical(text: str) -> str | None:
    """The one canonical text of an address (RFC 5952), None if `text` is no address."""
    ip = address(text)
    return None if ip is None else render(ip)


@lru_cache(maxsize=4096)
def render(ip: Address) -> str:
    """Canonical text, the same from every Python: mapped addresses end in dotted digits."""
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return f"::ffff:{mapped}" if mapped else str(ip)


def reverse_name(ip: Address | str) -> str:
    """The name that holds the PTR of an address (RFC 1035 §3.5, RFC 3596 §2.5).

    Raises NotAnAddress for a text that is none.
    """
    return _reverse_name(_address_of(ip))


@lru_cache(maxsize=4096)
def _reverse_name(ip: Address) -> str:
    return ip.reverse_pointer


def from_reverse(name: str) -> Address | None:
    """The address whose PTR `name` holds; None for every other name, also for a whole zone."""
    if len(name) > 2 * _MAX_TEXT:
        return None
    if name.endswith(".in-addr.arpa"):
        ip = address(".".join(reversed(name.removesuffix(".in-addr.arpa").split("."))))
    else:
        nibbles = name.removesuffix(".ip6.arpa").replace(".", "")[::-1]
        ip = address(":".join(nibbles[i : i + 4] for i in range(0, len(nibbles), 4)))
    return ip if ip is not None and ip.reverse_pointer == name else None


@lru_cache(maxsize=4096)
def kind(ip: Address | str) -> Kind:
    """What an address is for. Raises NotAnAddress for a text that is none."""
    found = _address_of(ip)
    matching = (k for network, k in _TABLE if found.version == network.version and found in network)
    return next(matching, Kind.GLOBAL)


def _address_of(ip: Address | str) -> Address:
    if not isinstance(ip, str):
        return ip
    found = address(ip)
    if found is None:
        raise NotAnAddress(f"{printable(ip, 64)} is not an IP address")
    return found
