"""Where a connection may go: public addresses, and what the user of the program allows."""

from collections.abc import Iterable
from ipaddress import ip_network

from mailworthy.errors import UsageError
from mailworthy.names import printable
from mailworthy.rdata.address import Kind, Network, address, kind


class Allowed:
    """Public addresses, and those in the prefixes that the person who runs this has named.

    Raises UsageError for a prefix that is none. Nothing that comes from outside widens it.
    """

    def __init__(self, prefixes: Iterable[str] = ()) -> None:
        self._networks = tuple(map(_network, prefixes))

    def __contains__(self, text: object) -> bool:
        ip = address(text) if isinstance(text, str) else None
        if ip is None:
            return False
        if kind(ip) is Kind.GLOBAL:
            return True
        return any(ip.version == net.version and ip in net for net in self._networks)


def _network(text: str) -> Network:
    try:
        return ip_network(text.strip())
    except ValueError as error:
        raise UsageError(f"{printable(text, 60)} is no prefix: {printable(str(error))}") from None
