"""MX, SRV, SOA, DS and DNSKEY: presentation text to values and back."""

import base64
import string
from collections.abc import Callable
from typing import Any

import dns.dnssec
import dns.name
import dns.rdata
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mailworthy.names import normalize
from mailworthy.parsed import Parsed
from mailworthy.rdata import ds as dsrec
from mailworthy.rdata import mx, soa, srv
from mailworthy.rdata.ds import Dnskey, Ds
from mailworthy.rdata.mx import Mx, looks_like_address
from mailworthy.rdata.soa import Soa
from mailworthy.rdata.srv import Srv

u8, u16, u32 = st.integers(0, 255), st.integers(0, 65535), st.integers(0, 2**32 - 1)
_LDH = string.ascii_lowercase + string.digits
plain = st.lists(st.text(_LDH, min_size=1, max_size=10), min_size=1, max_size=4).map(".".join)
wild = (
    st.lists(st.binary(min_size=1, max_size=20), max_size=6)
    .map(lambda parts: normalize(dns.name.Name([*parts, b""]).to_text()))
    .filter(lambda name: not any("A" <= c <= "Z" for c in name))
)
names = plain | wild

mxs = st.builds(Mx, u16, names)
srvs = st.builds(Srv, u16, u16, u16, names)
soas = st.builds(Soa, names, names, u32, u32, u32, u32, u32)
dss = st.builds(Ds, u16, u8, u8, st.binary(min_size=1, max_size=64))
keys = st.builds(Dnskey, u16, u8, u8, st.binary(min_size=1, max_size=300))

TYPES: list[tuple[str, Any, Callable[[str], Parsed[Any]], Callable[[Any], str]]] = [
    ("MX", mxs, mx.parse, mx.render),
    ("SRV", srvs, srv.parse, srv.render),
    ("SOA", soas, soa.parse, soa.render),
    ("DS", dss, dsrec.parse_ds, dsrec.render_ds),
    ("DNSKEY", keys, dsrec.parse_dnskey, dsrec.render_dnskey),
]
LENGTHS = {1: 20, 2: 32, 3: 32, 4: 48}


@pytest.mark.parametrize("kind", TYPES, ids=[t[0] for t in TYPES])
@given(data=st.data())
def test_what_is_rendered_is_read_back(kind: Any, data: st.DataObject) -> None:
    _, values, parse, render = kind
    value = data.draw(values)
    assert parse(render(value)).record == value


@pytest.mark.parametrize("kind", TYPES, ids=[t[0] for t in TYPES])
@given(data=st.data())
def test_dnspython_reads_the_same(kind: Any, data: st.DataObject) -> None:
    mnemonic, values, parse, render = kind
    value = data.draw(values)
    if isinstance(value, Ds):  # dnspython refuses digests of a wrong length and type 0
        assume(value.digest_type and LENGTHS.get(value.digest_type, len(value.digest)))
        value = Ds(
            value.key_tag,
            value.algorithm,
            value.digest_type,
            value.digest.ljust(64, b"x")[: LENGTHS.get(value.digest_type, 64)],
        )
    theirs = dns.rdata.from_text("IN", mnemonic, render(value))
    assert parse(theirs.to_text()).record == value


@pytest.mark.parametrize("kind", TYPES, ids=[t[0] for t in TYPES])
@given(text=st.text() | st.text(st.sampled_from('0123 9.\\"a-=+/\n@\xff')))
def test_no_text_raises(kind: Any, text: str) -> None:
    parsed = kind[2](text)
    assert parsed.record is not None or parsed.problems
    assert all(0 <= p.start <= p.end <= len(text) for p in parsed.problems)


BAD = [
    (mx.parse, "", "missing-field"),
    (mx.parse, "10", "missing-field"),
    (mx.parse, "65536 a.example.", "bad-number"),
    (mx.parse, "-1 a.example.", "bad-number"),
    (mx.parse, "\u0661 a.example.", "bad-number"),
    (mx.parse, "10 a..example.", "bad-name"),
    (mx.parse, "10 " + "a" * 64 + ".example.", "bad-name"),
    (mx.parse, "10 " + "a." * 127 + "a.", "bad-name"),
    (mx.parse, "10 \xe4.example.", "bad-name"),
    (mx.parse, '10 "mx.example"', "bad-name"),
    (mx.parse, r"10 \256.example.", "bad-name"),
    (mx.parse, "10 a.example. b.example.", "extra-field"),
    (mx.parse, "10 " + "a" * 300_000, "oversize"),
    (srv.parse, "0 1 mail.example.com.", "bad-number"),
    (soa.parse, "ns.example. h.example. 1 2 3 4 4294967296", "bad-number"),
    (soa.parse, "ns.example. h.example. 1 2 3 4", "missing-field"),
    (dsrec.parse_ds, "1 8 2 abc", "bad-hex"),
    (dsrec.parse_ds, "1 8 2 zz", "bad-hex"),
    (dsrec.parse_ds, "1 8 2 ab\x0ccd", "bad-hex"),
    (dsrec.parse_ds, "1 8 2", "missing-field"),
    (dsrec.parse_dnskey, "257 3 13 a", "bad-base64"),
    (dsrec.parse_dnskey, "257 3 13 \xe4\xe4\xe4\xe4", "bad-base64"),
]


@pytest.mark.parametrize(("parse", "text", "code"), BAD)
def test_bad_fields_leave_no_record(
    parse: Callable[[str], Parsed[Any]], text: str, code: str
) -> None:
    parsed = parse(text)
    assert parsed.record is None
    assert parsed.has(code)


def test_a_problem_points_at_its_field() -> None:
    (problem,) = mx.parse("10  a..example.").problems
    assert (problem.start, problem.end) == (4, 15)


def test_mx_is_read() -> None:
    assert mx.parse("10 Mail.Example.COM.").record == Mx(10, "mail.example.com")
    assert mx.parse("0 .").record == Mx(0, ".")
    assert mx.parse("0 .").problems == ()


def test_null_mx() -> None:
    assert Mx(0, ".").null
    assert not Mx(0, "mail.example.com").null
    assert mx.parse("10 .").has("null-preference")


@pytest.mark.parametrize(
    ("exchange", "domain", "expected"),
    [
        ("192.0.2.1", "example.com", "192.0.2.1"),
        ("[192.0.2.1]", "example.com", "192.0.2.1"),
        ("192.0.2.1.example.com", "example.com", "192.0.2.1"),
        ("[192.0.2.1].example.com", "example.com", "192.0.2.1"),
        ("192.0.2.1.example.com", "sub.example.com", "192.0.2.1"),
        ("192.0.2.1.", "example.com", "192.0.2.1"),
        ("2001:db8::25", "example.com", "2001:db8::25"),
        ("2001:db8:0::25.example.com", "example.com", "2001:db8::25"),
        ("[ipv6:2001:db8::25]", "example.com", "2001:db8::25"),
        ("::ffff:192.0.2.1.example.com", "example.com", "::ffff:192.0.2.1"),
        ("192.0.2.1.example.com", "example.org", None),
        ("192.0.2.1.mail.example.com", "example.com", None),
        ("mail.example.com", "example.com", None),
        ("192.0.2.example.com", "example.com", None),
        ("192.0.2.256", "example.com", None),
        (".", "example.com", None),
    ],
)
def test_addresses_in_place_of_exchanges(exchange: str, domain: str, expected: str | None) -> None:
    assert looks_like_address(exchange, domain) == expected


def test_srv_says_what_is_offered() -> None:
    offered = srv.parse("0 1 993 mail.example.com.")
    assert offered.record == Srv(0, 1, 993, "mail.example.com")
    assert offered.record.offered
    refused = srv.parse("0 0 0 .")
    assert refused.record is not None
    assert not refused.record.offered
    assert refused.problems == ()
    assert srv.parse("0 1 0 mail.example.com.").has("port-zero")


@pytest.mark.parametrize(
    ("rname", "mailbox", "clean"),
    [
        ("hostmaster.example.com.", "hostmaster@example.com", True),
        (r"john\.doe.example.com.", "john.doe@example.com", True),
        (r"hostmaster\@example.com.", "hostmaster@example@com", False),
        ("hostmaster@example.com.", "hostmaster@example@com", False),
        (".", None, False),
        ("com.", None, False),
    ],
)
def test_soa_mailbox(rname: str, mailbox: str | None, clean: bool) -> None:
    parsed = soa.parse(f"ns1.example.com. {rname} 2026112301 7200 3600 1209600 3600")
    assert parsed.record is not None
    assert parsed.record.rname_mailbox == mailbox
    assert parsed.has("rname-mailbox") is not clean
    assert parsed.record.serial == 2026112301


# RFC 4034 §5.4: the key and the DS record of dskey.example.com.
KEY = (
    "256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZ"
    "DRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbt"
    "G9DMBmADjFDc2w/rljwvFw=="
)
DS = "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118"


def test_ds_matches_the_key_of_the_rfc() -> None:
    key, ds = dsrec.parse_dnskey(KEY).record, dsrec.parse_ds(DS).record
    assert key is not None
    assert ds is not None
    assert key.key_tag == 60485
    assert dsrec.matches(ds, key, "dskey.example.com")
    assert not dsrec.matches(ds, key, "other.example.com")
    assert not dsrec.matches(ds, Dnskey(0, 3, 5, key.key), "dskey.example.com")
    assert not dsrec.matches(Ds(60486, 5, 1, ds.digest), key, "dskey.example.com")
    assert not dsrec.matches(Ds(60485, 8, 1, ds.digest), key, "dskey.example.com")


@given(
    keys, names, st.sampled_from([2, 4]), st.sampled_from([b"", b"\0"]), st.sampled_from([256, 257])
)
def test_ds_matches_what_dnspython_makes(
    key: Dnskey, owner: str, digest_type: int, spoil: bytes, flags: int
) -> None:
    key = Dnskey(flags, 3, key.algorithm, key.key)
    theirs = dns.rdata.from_text("IN", "DNSKEY", dsrec.render_dnskey(key))
    made = dns.dnssec.make_ds(
        dns.name.from_text(owner), theirs, {2: "SHA256", 4: "SHA384"}[digest_type]
    )
    ds = dsrec.parse_ds(made.to_text()).record
    assert ds is not None
    assert dsrec.matches(
        Ds(ds.key_tag, ds.algorithm, ds.digest_type, ds.digest + spoil), key, owner
    ) is (not spoil)


@given(dss, keys, st.text(max_size=20))
def test_matching_never_raises(ds: Ds, key: Dnskey, owner: str) -> None:
    key = Dnskey(256, 3, ds.algorithm, key.key)
    assert not dsrec.matches(Ds(key.key_tag, ds.algorithm, ds.digest_type, b""), key, owner)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("1 13 2 " + "ab" * 32, []),
        ("1 13 2 " + "ab" * 16 + " " + "AB" * 16, []),
        ("1 13 4 " + "ab" * 48, []),
        ("1 13 2 " + "ab" * 20, ["digest-length"]),
        ("1 13 1 " + "ab" * 20, ["weak-digest"]),
        ("1 13 9 " + "ab" * 20, ["unknown-digest"]),
        ("1 7 2 " + "ab" * 32, ["weak-algorithm"]),
    ],
)
def test_ds_remarks(text: str, codes: list[str]) -> None:
    parsed = dsrec.parse_ds(text)
    assert parsed.record is not None
    assert [p.code for p in parsed.problems] == codes


@pytest.mark.parametrize(
    ("flags", "protocol", "zone", "sep"),
    [
        (256, 3, True, False),
        (257, 3, True, True),
        (385, 3, False, True),
        (0, 3, False, False),
        (257, 2, False, True),
    ],
)
def test_dnskey_flags(flags: int, protocol: int, zone: bool, sep: bool) -> None:
    encoded = base64.b64encode(b"k" * 32).decode()
    parsed = dsrec.parse_dnskey(f"{flags} {protocol} 15 {encoded}")
    assert parsed.record is not None
    assert (parsed.record.is_zone_key, parsed.record.is_sep) == (zone, sep)
    assert parsed.has("bad-protocol") is (protocol != 3)


def test_a_weak_key_is_marked() -> None:
    assert dsrec.parse_dnskey(KEY).has("weak-algorithm")
