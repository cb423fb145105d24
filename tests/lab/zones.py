"""The zones of the world around the mail servers: root, top, reverse names, a blocklist."""

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address

from lab.plan import (
    BLOCKLIST,
    MAIL,
    PROVIDER,
    REVERSE,
    ROOT,
    SPOOFER,
    TLD,
    UNSIGNED,
    reverse_zone,
)

START = """\
$TTL 300
@ SOA a.nic.example. hostmaster.provider.example. 1 3600 900 604800 300
"""
SERVER = "ns1.provider.example."


def addresses(name: str, found: Iterable[str]) -> Iterator[str]:
    """The address records of a name."""
    for address in found:
        yield f"{name} {'AAAA' if ':' in address else 'A'} {address}"


def root(ds: Sequence[str]) -> str:
    """The root: it knows who serves `example` and `arpa`, and the blocklist."""
    return _zone(
        ". NS a.root.example.",
        "example. NS a.nic.example.",
        "arpa. NS a.nic.example.",
        f"{BLOCKLIST}. NS {SERVER}",
        *_servers(),
        *ds,
    )


def top(ds: Sequence[str]) -> str:
    """The top-level domain `example`, with what the owners of the domains have registered."""
    lines = ["@ NS a.nic.example.", *_servers()]
    lines += [f"{domain}. NS {SERVER}" for domain in ("provider.example", UNSIGNED)]
    for place in MAIL:
        lines.append(f"{place.domain}. NS ns1.{place.domain}.")
        lines += addresses(f"ns1.{place.domain}.", [place.address()])
    return _zone(*lines, *ds)


def arpa(ds: Sequence[str]) -> str:
    """Where the reverse names begin."""
    return _zone("@ NS a.nic.example.", *(f"{zone}. NS {SERVER}" for zone in REVERSE), *ds)


def provider() -> str:
    """The provider's own names."""
    return _zone(f"@ NS {SERVER}", *addresses("ns1", PROVIDER), *addresses("dns", PROVIDER))


def spoofer() -> str:
    """A domain like many: addresses and MX, no SPF, no DMARC, not signed."""
    mail = addresses("mail", SPOOFER.addresses[:2])
    return _zone(f"@ NS {SERVER}", "@ MX 10 mail", *mail)


def blocklist() -> str:
    """What every blocklist has: the entry for tests (RFC 5782 §5)."""
    return _zone(
        f"@ NS {SERVER}",
        "2.0.0.127 A 127.0.0.2",
        '2.0.0.127 TXT "for tests"',
    )


def reverse(zone: str, others: Sequence[str]) -> str:
    """A reverse zone; `others` are lines of PTR records that the mail servers' owners asked for."""
    pointers = [pointer(address, SPOOFER.hostname) for address in SPOOFER.addresses[:2]]
    lines = [line for line in (*others, *pointers) if reverse_zone(line.split()[0][:-1]) == zone]
    return _zone(f"@ NS {SERVER}", *lines)


def pointer(address: str, name: str) -> str:
    """The PTR record of an address."""
    return f"{ip_address(address).reverse_pointer}. 300 IN PTR {name}."


def _servers() -> Iterator[str]:
    yield from addresses("a.root.example.", ROOT)
    yield from addresses("a.nic.example.", TLD)
    yield from addresses(SERVER, PROVIDER)


def _zone(*lines: str) -> str:
    return "\n".join((START, *lines, ""))
