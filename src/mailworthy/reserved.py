"""Names and addresses that are set aside: for documentation, for tests, for local use."""

from ipaddress import IPv4Address, IPv6Address

from mailworthy.names import ancestors
from mailworthy.rdata.address import Kind, kind

# Names for examples and tests: fine with addresses of the same sort.
_DOCUMENTATION = {
    "example": "RFC 6761 §6.5",
    "example.com": "RFC 6761 §6.5",
    "example.net": "RFC 6761 §6.5",
    "example.org": "RFC 6761 §6.5",
    "test": "RFC 6761 §6.2",
    "invalid": "RFC 6761 §6.4",
    "localhost": "RFC 6761 §6.3",
}
# The rest of IANA's special-use domain names that a mail domain might be put under, and the
# one that ICANN set aside for private networks.
_SPECIAL = _DOCUMENTATION | {
    "local": "RFC 6762 §3",
    "onion": "RFC 7686 §2",
    "alt": "RFC 9476 §2",
    "home.arpa": "RFC 8375 §4",
    "internal": "ICANN 2024-07-29",
}


def documentation_name(name: str) -> bool:
    """Whether a name (inside form) is, or lies below, one kept for documentation or tests."""
    return any(parent in _DOCUMENTATION for parent in ancestors(name))


def special_use(name: str) -> str | None:
    """Which document takes a name (inside form) out of the public DNS; None if none does."""
    return next((_SPECIAL[p] for p in ancestors(name) if p in _SPECIAL), None)


def documentation_address(ip: str | IPv4Address | IPv6Address) -> bool:
    """Whether an address is kept for documentation (RFC 5737, RFC 3849, RFC 9637).

    Raises NotAnAddress for a text that is none.
    """
    return kind(ip) is Kind.DOCUMENTATION


def misplaced(name: str, ip: str | IPv4Address | IPv6Address) -> bool:
    """Whether a real name has an address that only documentation may use.

    Examples stay examples: reserved names and reserved addresses are fine together. Raises
    NotAnAddress for a text that is no address.
    """
    return documentation_address(ip) and not documentation_name(name)
