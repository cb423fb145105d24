"""BIND: the zones of this server and how they are signed (BIND 9.16 or later)."""

from ipaddress import ip_address, ip_network

from mailworthy.domain.intent import Intent
from mailworthy.servers.model import ConfigFile, commented

ZONES = "/var/lib/bind"
POLICY = "mailworthy"


def file(intent: Intent) -> ConfigFile:
    """`named.conf.mailworthy`, to be included from `named.conf.local`."""
    parts = [commented(HEAD, sign="//")]
    if any(wish.dnssec for wish in intent.domains.values()):
        parts.append(SIGNING)
    parts += [_zone(name, signed=wish.dnssec) for name, wish in intent.domains.items()]
    parts.append(_reverse(intent))
    return ConfigFile(
        path="bind/named.conf.mailworthy",
        text="\n".join(part for part in parts if part) + "\n",
        install="/etc/bind/named.conf.mailworthy",
        why="the zones, where this machine is their primary name server",
    )


def zone_path(domain: str) -> str:
    """Where the zone file goes: a folder that BIND may write to, since it keeps journals there."""
    return f"{ZONES}/{domain}.zone"


def _zone(name: str, *, signed: bool, sign: str = "") -> str:
    lines = [
        f'zone "{name}" {{',
        "    type primary;",
        f'    file "{zone_path(name)}";',
        *([f'    dnssec-policy "{POLICY}";', "    inline-signing yes;"] if signed else []),
        "    allow-transfer { none; };  // the addresses of your secondaries",
        "};",
    ]
    return "\n".join(sign + line for line in lines)


def _reverse(intent: Intent) -> str:
    zones = {
        _reverse_zone(address)
        for host in intent.hosts.values()
        for address in (*host.ipv4, *host.ipv6)
    }
    if not zones:
        return ""
    return "\n".join(
        [
            commented(
                "Reverse zones: only where your provider has delegated them to you. Otherwise "
                "the PTR records are set in the provider's own panel.",
                sign="//",
            ),
            *(_zone(zone, signed=False, sign="// ") for zone in sorted(zones)),
        ]
    )


def _reverse_zone(address: str) -> str:
    """The zone as it is usually delegated: a /24, or a /64 (RFC 1035 §3.5, RFC 3596 §2.5)."""
    ip = ip_address(address)
    bits = 24 if ip.version == 4 else 64
    network = ip_network((ip, bits), strict=False)
    pointer = network.network_address.reverse_pointer.split(".")
    return ".".join(pointer[1:] if ip.version == 4 else pointer[16:])


HEAD = (
    "Only for a server that is the primary name server of these domains; where a provider hosts "
    "them, leave this file away. Include it from named.conf.local."
)

SIGNING = """\
// One key a zone, ECDSA P-256 (algorithm 13, a MUST in RFC 8624 §3.1), changed by hand only, since
// the DS record at the registrar has to follow. BIND signs, renews the signatures, and publishes
// CDS and CDNSKEY (RFC 7344, RFC 8078): a registrar that reads them needs nothing else; for the
// others, dnssec-dsfromkey prints the DS record.
// NSEC3 without salt or extra iterations (RFC 9276 §3.1).
dnssec-policy "mailworthy" {
    keys { csk lifetime unlimited algorithm ecdsap256sha256; };
    nsec3param iterations 0 optout no salt-length 0;
};
"""
