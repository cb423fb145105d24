"""Addresses: canonical text, reverse names, kinds; and reverse names that look generic."""

import ipaddress

import dns.reversename
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.rdata.address import (
    Kind,
    NotAnAddress,
    address,
    canonical,
    from_reverse,
    kind,
    render,
    reverse_name,
)
from mailworthy.rdata.ptr import Generic, generic_ptr

ips = st.ip_addresses()


@given(ips)
def test_reverse_names_both_ways(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert from_reverse(reverse_name(ip)) == ip
    if getattr(ip, "ipv4_mapped", None) is None:  # dnspython takes those for IPv4
        assert reverse_name(str(ip)) + "." == dns.reversename.from_address(str(ip)).to_text()


@given(ips)
def test_canonical_text_is_stable(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert canonical(render(ip)) == render(ip)
    assert address(render(ip)) == ip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0:0::25", "2001:db8::25"),
        ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("::ffff:c000:201", "::ffff:192.0.2.1"),
        ("192.0.2.01", None),
        ("192.0.2", None),
        ("192.0.2.1/32", None),
        ("fe80::1%eth0", None),
        ("\u0661.2.3.4", None),
        ("", None),
        ("1" * 100_000, None),
    ],
)
def test_canonical(text: str, expected: str | None) -> None:
    assert canonical(text) == expected


@pytest.mark.parametrize(
    "name",
    [
        "example.com",
        "in-addr.arpa",
        "2.0.192.in-addr.arpa",
        "256.2.0.192.in-addr.arpa",
        "01.2.0.192.in-addr.arpa",
        "0-25.2.0.192.in-addr.arpa",
        "1.25.2.0.192.in-addr.arpa",
        "8.b.d.0.1.0.0.2.ip6.arpa",
        "0." * 32 + "ip6.arp",
        "25.2.0.192.in-addr.arpa.example.com",
        "x" * 100_000,
        "",
    ],
)
def test_other_names_are_no_reverse_names(name: str) -> None:
    assert from_reverse(name) is None


@given(st.text())
def test_from_reverse_never_raises(text: str) -> None:
    for name in (text, text + ".in-addr.arpa", text + ".ip6.arpa"):
        ip = from_reverse(name)
        assert ip is None or reverse_name(ip) == name


KINDS = [
    ("8.8.8.8", Kind.GLOBAL),
    ("192.175.48.1", Kind.GLOBAL),
    ("2a01:4f8::1", Kind.GLOBAL),
    ("2606:4700::1111", Kind.GLOBAL),
    ("10.0.0.1", Kind.PRIVATE),
    ("172.31.255.255", Kind.PRIVATE),
    ("172.32.0.0", Kind.GLOBAL),
    ("192.168.1.1", Kind.PRIVATE),
    ("127.0.0.2", Kind.LOOPBACK),
    ("::1", Kind.LOOPBACK),
    ("169.254.1.1", Kind.LINK_LOCAL),
    ("fe80::1", Kind.LINK_LOCAL),
    ("fd00::1", Kind.ULA),
    ("192.0.2.25", Kind.DOCUMENTATION),
    ("198.51.100.1", Kind.DOCUMENTATION),
    ("203.0.113.1", Kind.DOCUMENTATION),
    ("2001:db8::25", Kind.DOCUMENTATION),
    ("3fff:fff::1", Kind.DOCUMENTATION),
    ("3fff:1000::1", Kind.GLOBAL),
    ("224.0.0.1", Kind.MULTICAST),
    ("ff02::1", Kind.MULTICAST),
    ("100.64.0.1", Kind.CGNAT),
    ("100.128.0.1", Kind.GLOBAL),
    ("0.0.0.0", Kind.OTHER_SPECIAL),
    ("192.0.0.1", Kind.OTHER_SPECIAL),
    ("198.19.0.1", Kind.OTHER_SPECIAL),
    ("255.255.255.255", Kind.OTHER_SPECIAL),
    ("::", Kind.OTHER_SPECIAL),
    ("::ffff:8.8.8.8", Kind.OTHER_SPECIAL),
    ("64:ff9b::808:808", Kind.OTHER_SPECIAL),
    ("100::1", Kind.OTHER_SPECIAL),
    ("2001::1", Kind.OTHER_SPECIAL),
    ("2002:c000:201::1", Kind.OTHER_SPECIAL),
    ("5f00::1", Kind.OTHER_SPECIAL),
    ("fec0::1", Kind.OTHER_SPECIAL),
]


@pytest.mark.parametrize(("text", "expected"), KINDS)
def test_kinds(text: str, expected: Kind) -> None:
    assert kind(text) is expected
    assert kind(ipaddress.ip_address(text)) is expected


@given(ips)
def test_what_python_calls_private_is_not_global(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    if ip.is_private or ip.is_multicast or ip.is_reserved:
        assert kind(ip) is not Kind.GLOBAL


@pytest.mark.parametrize("call", [kind, reverse_name])
def test_no_address_is_misuse(call: object) -> None:
    with pytest.raises(NotAnAddress, match="not an IP address"):
        call("mail.example.com")  # type: ignore[operator]


A, V6 = "192.0.2.25", "2001:db8::25"
LONG6 = "2001:db8:1:2:a00:27ff:fe4e:66a1"
GENERIC = [
    ("192.0.2.25.dyn.example.net", A, Generic.ADDRESS),
    ("192-0-2-25.isp.example.net", A, Generic.ADDRESS),
    ("static.25.2.0.192.clients.your-server.example", A, Generic.ADDRESS),
    ("ip25.ip-192-0-2.example.net", A, Generic.ADDRESS),
    ("host-192-000-002-025.example.net", A, Generic.ADDRESS),
    ("192000002025.example.net", A, Generic.ADDRESS),
    ("pc0000219x.example.net", A, Generic.ADDRESS),
    ("c0-00-02-19.example.net", A, Generic.ADDRESS),
    ("p190200c0.example.net", A, Generic.ADDRESS),
    ("3221226009.example.net", A, Generic.ADDRESS),
    ("ec2-198-51-100-7.compute-1.amazonaws.example", "198.51.100.7", Generic.ADDRESS),
    ("1985110077.example.net", "198.51.100.77", Generic.ADDRESS),
    ("a.dyn.example.net", A, Generic.POOL),
    ("dhcp-7.city.example.net", A, Generic.POOL),
    ("adsl12.example.net", A, Generic.POOL),
    ("a.pool.isp.co.uk", A, Generic.POOL),
    ("static-2-25.example.net", A, Generic.NUMBERED),
    ("host25-2.example.net", A, Generic.NUMBERED),
    ("customer.0.2.example.net", A, Generic.NUMBERED),
    ("2001-db8--25.example.net", V6, Generic.ADDRESS),
    ("ptr-2001-0db8-0001-0002-0a00-27ff-fe4e-66a1.example.net", LONG6, Generic.ADDRESS),
    ("20010db8000100020a0027fffe4e66a1.example.net", LONG6, Generic.ADDRESS),
    (
        ".".join(ipaddress.ip_address(LONG6).exploded.replace(":", "")[::-1]) + ".example.net",
        LONG6,
        Generic.ADDRESS,
    ),
    ("0a0027fffe4e66a1.example.net", LONG6, Generic.ADDRESS),
    ("a00-27ff-fe4e-66a1.v6.example.net", LONG6, Generic.ADDRESS),
    ("a.dynamic.example.net", V6, Generic.POOL),
]
OWN = [
    ("mail.example.com", A),
    ("mx25.example.com", A),
    ("host1.example.com", A),
    ("host25.example.com", A),
    ("static.example.com", A),
    ("server-7-9.example.com", A),
    ("vps-0a1b2c3d.vps.example.net", A),
    ("mail.cable.com", A),
    ("mail.dsl.co.uk", A),
    ("mail.pool.org", A),
    ("carpool.example.com", A),
    ("mx-1-2-3-4.example.com", A),
    ("mail2.example.com", "2.0.0.2"),
    ("mail.example.com", V6),
    ("mail25.example.com", V6),
    ("mx-25.db8.example.com", V6),
    ("", A),
    (".", A),
]


@pytest.mark.parametrize(("name", "ip", "reason"), GENERIC)
def test_generic_names(name: str, ip: str, reason: Generic) -> None:
    assert generic_ptr(name, ip) is reason


@pytest.mark.parametrize(("name", "ip"), OWN)
def test_names_of_ones_own(name: str, ip: str) -> None:
    assert generic_ptr(name, ip) is None


def test_no_address_has_no_generic_name() -> None:
    assert generic_ptr("192-0-2-25.example.net", "nonsense") is None


@given(ips, st.sampled_from(["example.net", "isp.example", "net.co.uk"]))
def test_every_encoding_is_found(
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address, domain: str
) -> None:
    text = ip.exploded.replace(":", "-").replace(".", "-")
    backwards = "-".join(reversed(text.split("-")))
    for label in (text, backwards, f"x-{text}", ip.packed.hex(), f"h{ip.packed.hex()}"):
        assert generic_ptr(f"{label}.{domain}", ip) is Generic.ADDRESS


@given(st.text(st.sampled_from("0129ac.-x\\"), max_size=253), ips)
def test_no_name_raises(name: str, ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    assert generic_ptr(name, ip) in {None, *Generic}
