"""Steps within Exchange Online, whose servers hand mail on between public addresses.

The networks are those of which Microsoft says that its mailbox servers are there (endpoint set 1
of https://endpoints.office.com/endpoints/worldwide), and three more that its servers write into
their own Received fields. The rest of Microsoft's addresses can be rented by anybody; and what
40.92.0.0/15, 40.107.0.0/16 and the like send comes from some customer, so it came from outside.
"""

from ipaddress import IPv6Network, ip_address

from mailworthy.message.received import Received
from mailworthy.names import is_within, normalize

_NAMES = ("outlook.com", "office365.com")
_FRONT = "mail.protection.outlook.com"  # the servers that take mail from outside
_PROTOCOL = "microsoft smtp server"
_NETWORKS = tuple(
    IPv6Network(f"2603:10{part}6::/32") for part in (0, 1, 2, 3, 4, 5, 9, "a", "b", "c", "d")
)


def of_exchange_online(server: str) -> bool:
    """Whether a server calls itself one of Exchange Online."""
    name = normalize(server)
    return any(is_within(name, house) for house in _NAMES)


def is_step(received: Received) -> bool:
    """Whether one server of Exchange Online took a message from another.

    The names alone do not tell, since a client chooses its own: the address has to be one that no
    stranger has, and the server not one that faces outside.
    """
    servers = (received.by, received.helo)
    if not received.ip or not received.protocol.lower().startswith(_PROTOCOL):
        return False
    if is_within(received.by, _FRONT) or not all(map(of_exchange_online, servers)):
        return False
    return any(ip_address(received.ip) in each for each in _NETWORKS)
