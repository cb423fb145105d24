"""Synthetic mail domains, as wire data: plain, complete, unsigned, one host each.

Each has SOA, two NS, an MX whose host has A and AAAA with PTR, an SPF record of five look-ups,
DMARC, a DKIM key and TLS-RPT. The name servers and the SPF includes are shared, as they are by
the customers of one provider.
"""

import ipaddress
import struct
from collections.abc import Iterator

A, NS, SOA, PTR, MX, TXT, AAAA = 1, 2, 6, 12, 15, 16, 28
SELECTOR = "s2026"
KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAhUS1Tdeiu5dxy8pa3lszTs/gWysPQFD/TrAg"
    "sNEg8cXmxKrfYJu+ANCsAb+45s+YD5Brfv3ZuQ16KGzaiCwf6Y/KLu2XqxnYbV/4x1MWm1smCewnkVYG"
    "arRlNNRdu1O5CYUahPZkdN8f/fBgP3IFZZShr5BuDcg2J9T7qXIdFKNepJgzI4fnGJVXip3loJg2/+aq"
    "Il7VeChNA1uR+0ccBlQGEqxb/CEvzgNrHh2I36cQhJz/11G4DsZSPFA5gT6xAUs3lMjBwL+YjVOxR1na"
    "uYG+d8VZKeT6dsNOOoHCjUQZQ+n+2tC9vFH1CBimaZM8tGD/Un4gKZLuLGQsoIqn1wIDAQAB"
)

Row = tuple[str, int, bytes]
World = dict[bytes, dict[int, list[bytes]]]


def domain(number: int) -> str:
    """The name of a synthetic domain."""
    return f"d{number:05}.test"


def world(count: int) -> World:
    """Record data by owner and type; names on the way to an owner exist and are empty."""
    found: World = {name(""): {}}
    for owner, type_, data in _rows(count):
        labels = owner.split(".")
        for i in range(len(labels)):
            found.setdefault(name(".".join(labels[i:])), {})
        found[name(owner)].setdefault(type_, []).append(data)
    return found


def _rows(count: int) -> Iterator[Row]:
    yield "test", SOA, _soa("ns1.provider.test")
    for zone in ("provider.test", "in-addr.arpa", "ip6.arpa"):
        yield zone, SOA, _soa("ns1.provider.test")
    for i in (1, 2):
        yield f"ns{i}.provider.test", A, _ip(f"203.0.113.{i}")
        yield f"ns{i}.provider.test", AAAA, _ip(f"2001:db8:ffff::{i}")
    yield "spf1.provider.test", TXT, _txt("v=spf1 include:spf3.provider.test -all")
    yield "spf2.provider.test", TXT, _txt("v=spf1 ip4:203.0.113.64/26 -all")
    yield "spf3.provider.test", TXT, _txt("v=spf1 ip4:203.0.113.128/25 -all")
    for number in range(count):
        yield from _domain(number)


def _domain(number: int) -> Iterator[Row]:
    own, mail = domain(number), f"mail.{domain(number)}"
    # RFC 2544 and RFC 3849 set these addresses aside.
    ips = [f"198.{18 + (number >> 16)}.{number >> 8 & 255}.{number & 255}", f"2001:db8::{number:x}"]
    yield own, SOA, _soa("ns1.provider.test")
    yield own, NS, name("ns1.provider.test")
    yield own, NS, name("ns2.provider.test")
    yield own, MX, struct.pack("!H", 10) + name(mail)
    for ip in ips:
        pointer = ipaddress.ip_address(ip).reverse_pointer
        yield pointer, PTR, name(mail)
        for owner in (own, mail):
            yield owner, AAAA if ":" in ip else A, _ip(ip)
    spf = "v=spf1 mx a include:spf1.provider.test include:spf2.provider.test -all"
    yield own, TXT, _txt(spf)
    yield mail, TXT, _txt("v=spf1 a -all")
    yield f"_dmarc.{own}", TXT, _txt(f"v=DMARC1; p=reject; rua=mailto:dmarc@{own}")
    yield f"{SELECTOR}._domainkey.{own}", TXT, _txt(f"v=DKIM1; k=rsa; p={KEY}")
    yield f"_smtp._tls.{own}", TXT, _txt(f"v=TLSRPTv1; rua=mailto:tls@{own}")


def name(text: str) -> bytes:
    """A name as uncompressed octets."""
    parts = [part.encode() for part in text.split(".") if part]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def _soa(server: str) -> bytes:
    times = struct.pack("!5I", 2026112301, 14400, 3600, 1209600, 3600)
    return name(server) + name(f"hostmaster.{server.partition('.')[2]}") + times


def _ip(text: str) -> bytes:
    return ipaddress.ip_address(text).packed


def _txt(text: str) -> bytes:
    pieces = [text[i : i + 255].encode() for i in range(0, len(text), 255)]
    return b"".join(bytes([len(piece)]) + piece for piece in pieces)
