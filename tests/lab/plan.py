"""The map of the lab: who is where. Documentation names and addresses, and nothing else."""

from ipaddress import ip_address

import msgspec

# Everything that is on the wire; no machine has a way out of it.
NETWORKS = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")

ROOT = ("203.0.113.1", "2001:db8:53::1")
TLD = ("203.0.113.2", "2001:db8:53::2")
PROVIDER = ("203.0.113.3", "2001:db8:53::3")
RESOLVER = ("203.0.113.53", "2001:db8:53::53")
STRANGER = ("203.0.113.67", "2001:db8:3::67")

# All that a resolver remembers is forgotten after so many seconds.
MEMORY = 1
USERS = ("alice", "bob", "dmarc", "postmaster", "abuse")
PASSWORD = "secret"


class Place(msgspec.Struct, frozen=True):
    """A machine: what it is called, and its addresses, the one it speaks from first."""

    label: str
    hostname: str
    addresses: tuple[str, ...]

    def address(self, version: int = 4) -> str:
        """The first address of a family."""
        return next(a for a in self.addresses if ip_address(a).version == version)


class MailPlace(Place, frozen=True):
    """A mail server and the domain that it serves; `intent` is added to its `mailworthy.toml`."""

    domain: str
    intent: str = ""


DNS = Place("dns", "dns.provider.example", (*PROVIDER, *ROOT, *TLD, *RESOLVER))
SENDER = MailPlace(
    "sender",
    "mail.sender.example",
    ("192.0.2.25", "2001:db8:1::25"),
    "sender.example",
    'spf = "fail"\ndmarc = { p = "reject" }\n',
)
RECEIVER = MailPlace(
    "receiver",
    "mail.receiver.example",
    ("198.51.100.25", "2001:db8:2::25"),
    "receiver.example",
)
# Its second pair of addresses has no reverse name and is on a blocklist.
SPOOFER = Place("spoofer", "mail.spoofer.example", ("203.0.113.66", "2001:db8:3::66", *STRANGER))
MAIL = (SENDER, RECEIVER)
PLACES = (DNS, SENDER, RECEIVER, SPOOFER)

# The zones that the provider serves.
REVERSE = (
    "2.0.192.in-addr.arpa",
    "100.51.198.in-addr.arpa",
    "113.0.203.in-addr.arpa",
    "8.b.d.0.1.0.0.2.ip6.arpa",
)
UNSIGNED = "spoofer.example"
BLOCKLIST = "zen.spamhaus.org"


def server_of(zone: str) -> str:
    """The address of the primary name server of a zone."""
    own = {place.domain: place.address() for place in MAIL}
    return own.get(zone) or {"example": TLD[0], "arpa": TLD[0], ".": ROOT[0]}.get(zone, PROVIDER[0])


def reverse_zone(name: str) -> str:
    """The reverse zone in which a name of `in-addr.arpa` or `ip6.arpa` lies."""
    return next(zone for zone in REVERSE if name.endswith(f".{zone}"))
