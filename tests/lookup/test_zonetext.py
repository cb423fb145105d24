"""The zone file reader."""

import dns.rdata
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.lookup.zonetext import ZoneError, ZoneRecord, read_zone

HEAD = "$ORIGIN example.com.\n$TTL 1h\n"


def rows(text: str, **more: str) -> list[tuple[str, str, str, int]]:
    return [(r.name, r.type, r.value, r.ttl) for r in read_zone(text, **more)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("www A 192.0.2.1", ("www.example.com", "A", "192.0.2.1", 3600)),
        ("@ 60 IN A 192.0.2.1", ("example.com", "A", "192.0.2.1", 60)),
        ("@ IN 1m30s A 192.0.2.1", ("example.com", "A", "192.0.2.1", 90)),
        ("@ 1w in a 192.0.2.1", ("example.com", "A", "192.0.2.1", 604800)),
        ("WWW.Example.NET. AAAA 2001:DB8:0::1", ("www.example.net", "AAAA", "2001:db8::1", 3600)),
        ("* MX 10 Mail", ("*.example.com", "MX", "10 mail.example.com.", 3600)),
        ("@ MX 0 .", ("example.com", "MX", "0 .", 3600)),
        ("@ MX 10 192.0.2.1", ("example.com", "MX", "10 192.0.2.1.example.com.", 3600)),
        ("@ TXT a b", ("example.com", "TXT", "ab", 3600)),
        ('@ TXT "a;b" ; c', ("example.com", "TXT", "a;b", 3600)),
        ('@ TXT "a\\"b\\\\\\065"', ("example.com", "TXT", 'a"b\\A', 3600)),
        ('@ TXT "\\195\\164é"', ("example.com", "TXT", "\xc3\xa4\xc3\xa9", 3600)),
        ('@ TXT ""', ("example.com", "TXT", "", 3600)),
        ("@ SPF v=spf1", ("example.com", "SPF", "v=spf1", 3600)),
        ("a\\.b A 192.0.2.1", ("a\\.b.example.com", "A", "192.0.2.1", 3600)),
        ("\\097\\032 A 192.0.2.1", ("a\\032.example.com", "A", "192.0.2.1", 3600)),
        ("_25._tcp TLSA 3 1 1 AB CD", ("_25._tcp.example.com", "TLSA", "3 1 1 abcd", 3600)),
        ("@ DS 1 13 2 abCD", ("example.com", "DS", "1 13 2 abcd", 3600)),
        ("@ DS 1 RSASHA256 2 " + "ab" * 32, ("example.com", "DS", "1 8 2 " + "ab" * 32, 3600)),
        ('@ CAA 0 issue "ca.org"', ("example.com", "CAA", '0 issue "ca.org"', 3600)),
        ("_a._b SRV 0 1 25 Mx", ("_a._b.example.com", "SRV", "0 1 25 mx.example.com.", 3600)),
        ("@ RP Admin .", ("example.com", "RP", "admin.example.com. .", 3600)),
        ("@ TYPE65534 \\# 2 ABCD", ("example.com", "TYPE65534", "\\# 2 abcd", 3600)),
        ("@ TYPE1 \\# 4 C0000201", ("example.com", "A", "192.0.2.1", 3600)),
        ("@ A \\# 4 C0000201", ("example.com", "A", "192.0.2.1", 3600)),
        ("@ CLASS1 A 192.0.2.1", ("example.com", "A", "192.0.2.1", 3600)),
    ],
)
def test_one_record(line: str, expected: tuple[str, str, str, int]) -> None:
    assert rows(HEAD + line + "\n") == [expected]
    assert rows(HEAD + line) == [expected]
    assert rows((HEAD + line + "\n").replace("\n", "\r\n")) == [expected]


def test_joints_of_strings_are_kept() -> None:
    (record,) = read_zone(HEAD + '@ TXT "ab" "" cde "f"')
    assert (record.value, record.splits) == ("abcdef", (2, 2, 5))


def test_omitted_owner_ttl_and_class_and_parentheses() -> None:
    text = """
    ; a comment
    $ORIGIN Example.com.
    @  7200 IN SOA ns hostmaster (
            1      ; serial
            1h 15m ; refresh, retry
            1w 5m )
       NS  ns
    sub      IN TXT ( "one"
         " two" )
         A 192.0.2.1
    $ORIGIN sub
    host A 192.0.2.2 ; in the second origin
    """.replace("\n    ", "\n")
    assert [(r.name, r.type, r.value, r.ttl, r.line) for r in read_zone(text)] == [
        (
            "example.com",
            "SOA",
            "ns.example.com. hostmaster.example.com. 1 3600 900 604800 300",
            7200,
            4,
        ),
        ("example.com", "NS", "ns.example.com.", 7200, 8),
        ("sub.example.com", "TXT", "one two", 7200, 9),
        ("sub.example.com", "A", "192.0.2.1", 7200, 11),
        ("host.sub.example.com", "A", "192.0.2.2", 7200, 13),
    ]


def test_what_is_illegal_still_loads() -> None:
    text = HEAD + "a CNAME b\na CNAME c\na MX 1 d\n@ TXT v=spf1\n@ TXT v=spf1\n"
    assert len(read_zone(text)) == 5


def test_a_ttl_is_taken_from_somewhere() -> None:
    soa = "example.com. SOA a. b. 1 2 3 4 55\n"
    assert [r.ttl for r in read_zone(soa + "x. A 192.0.2.1\nx. 9 A 192.0.2.1\n A 192.0.2.2")] == [
        55,
        55,
        9,
        9,
    ]
    assert read_zone("x. A 192.0.2.1")[0].ttl == 3600


def test_the_origin_can_be_given() -> None:
    expected = ZoneRecord("www.example.com", "A", "192.0.2.1", 3600, line=1)
    assert read_zone("www A 192.0.2.1", origin="Example.com") == (expected,)
    assert read_zone("www A 192.0.2.1", origin="example.com.") == (expected,)
    assert rows("www A 192.0.2.1", origin=".")[0][0] == "www"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("www A 192.0.2.1", 1, "no $ORIGIN"),
        ("x. MX 1 mail", 1, "no $ORIGIN"),
        ("\n\n A 192.0.2.1", 3, "no owner"),
        ("x. A 192.0.2.256", 1, "192.0.2.256"),
        ("x. A 192.0.2.1 2", 1, "192.0.2.1"),
        ("x. AAAA 192.0.2.1", 1, "IPv6"),
        ("x. MX mail.example.", 1, "10 mail.example.com."),
        ("x. MX 70000 a.", 1, "70000"),
        ("x. FOO 1", 1, "FOO"),
        ("x. ANY 1", 1, "class ANY"),
        ("x. CH TXT a", 1, "class CH"),
        ("x. AXFR a", 1, "AXFR"),
        ("x. 60", 1, "no record type"),
        ("x. A", 1, "no data"),
        ("x. 5000000000 A 192.0.2.1", 1, "larger"),
        ('x. TXT "a\nb"', 1, "quoted"),
        ("x. TXT " + "a" * 256, 1, "256"),
        ('x. TXT "\\999"', 1, "escape"),
        ("x. TXT (\na", 1, "never closed"),
        ("x. A 192.0.2.1 )", 1, "not opened"),
        ("x. TXT a\\", 1, "no place"),
        ("$INCLUDE other", 1, "$INCLUDE"),
        ("$GENERATE 1-2 a A 192.0.2.$", 1, "$GENERATE"),
        ("$FOO 1", 1, "$FOO"),
        ("$TTL x", 1, "TTL"),
        ("$ORIGIN", 1, "one value"),
        ("$ORIGIN a..b.", 1, "empty label"),
        ("a" * 64 + ". A 192.0.2.1", 1, "longer"),
        ("x. TLSA 3 1 1 abc", 1, "hexadecimal"),
        ("x. TLSA 300 1 1 ab", 1, "too large"),
        ("x. CAA 0 issue", 1, "CAA"),
        ('"x." A 192.0.2.1', 1, "quoted"),
        ("x. SOA a. b. 1 2 3 4", 1, "SOA"),
        ("x. SOA a. b. 5000000000 2 3 4 5", 1, "serial"),
    ],
)
def test_what_cannot_be_read(text: str, line: int, words: str) -> None:
    with pytest.raises(ZoneError) as caught:
        read_zone(text, source="f.zone")
    assert str(caught.value).startswith(f"f.zone:{line}: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text(st.sampled_from('ab. \t\n\r;()"\\$@0159é\x00=-*MXATIN'), max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    for candidate in (text, HEAD + "@ TXT " + text, HEAD + "@ TYPE700 " + text):
        assert outcome(candidate).isprintable()


def outcome(text: str) -> str:
    try:
        return f"{len(read_zone(text))} records"
    except ZoneError as error:
        return str(error)


@given(st.lists(st.binary(max_size=255), min_size=1, max_size=4))
def test_strings_survive(strings: list[bytes]) -> None:
    rdata = dns.rdata.from_wire(
        "IN",
        "TXT",
        b"".join(bytes([len(s)]) + s for s in strings),
        0,
        sum(map(len, strings)) + len(strings),
    )
    (record,) = read_zone(f"x. TXT {rdata.to_text()}")
    assert record.value.encode("latin-1") == b"".join(strings)
    assert len(record.splits) == len(strings) - 1
