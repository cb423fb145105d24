"""Targets: messages of DNS, the records of other protocols, names."""

from collections.abc import Callable
from typing import Any

from fuzz_dkim import TAGS
from fuzzkit import Target, bounded, plain, sound, texts
from mailworthy import names
from mailworthy.bimi import record as bimi
from mailworthy.dane import record as dane
from mailworthy.lookup.wire import decode
from mailworthy.mtasts import policy as sts_policy
from mailworthy.mtasts import record as sts_record
from mailworthy.parsed import Parsed
from mailworthy.rdata import address, caa, ds, mx, soa, srv, text
from mailworthy.tlsrpt import record as tlsrpt

# Messages from name servers


def check_wire(data: bytes) -> None:
    found = decode(data)
    if found is not None:
        bounded(found, len(data), 3000)
        for record in (*found.answer, *found.authority):
            assert record.name == names.normalize(record.name)
            assert 0 <= record.ttl < 2**31
            assert record.name.isascii()


HEAD = bytes.fromhex("123481800001000100000000")
QUESTION = b"\7example\3com\0\0\x10\0\1"
WIRE = Target(
    "dns_wire",
    check_wire,
    (
        HEAD + QUESTION + b"\xc0\x0c\0\x10\0\1\0\0\1\x2c\0\x0c\x0bv=spf1 -all",
        HEAD + QUESTION + b"\xc0\x0c\0\x0f\0\1\0\0\1\x2c\0\x07\0\x0a\2mx\xc0\x0c",
        HEAD + QUESTION + b"\xc0\x0c\0\x05\0\1\0\0\1\x2c\0\x04\1a\xc0\x0c",
        HEAD[:4] + b"\0\1\0\0\0\1\0\1" + QUESTION + b"\xc0\x14\0\6\0\1\0\0\0\1\0\x16"
        + b"\xc0\x0c\xc0\x0c" + b"\0\0\0\1" * 5 + b"\0\0\x29\x04\xd0\0\0\0\0\0\0",
    ),
    (b"\xc0\x0c", b"\xc0\xff", b"\0", b"\x3f", b"\xff", b"\0\1", b"\0\x10", b"\0\5", b"\0\x27",
     b"\0\6", b"\1a", QUESTION, b"\x80\0\0\0", b"\0\x29"),
)  # fmt: skip


# Records

Parser = Callable[[str], Parsed[Any]]
RECORDS: tuple[tuple[Parser, Callable[[Any], str]], ...] = (
    (sts_record.parse, sts_record.render),
    (bimi.parse, bimi.render),
    (dane.parse, dane.render),
    (caa.parse, caa.render),
    (mx.parse, mx.render),
    (soa.parse, soa.render),
    (srv.parse, srv.render),
    (ds.parse_ds, ds.render_ds),
    (ds.parse_dnskey, ds.render_dnskey),
    (text.unquote, text.quote),
)


def check_records(data: bytes) -> None:
    for written in texts(data):
        for parse, render in RECORDS:
            parsed = parse(written)
            sound(parsed, len(written))
            bounded(parsed, len(written), 200)
            if parsed.record is not None:
                shown = render(parsed.record)
                assert parse(shown).record == parsed.record, parse
                assert render(parse(shown).record) == shown
        sound(tlsrpt.parse(written), len(written))
        found = address.address(written)
        if found is not None:
            assert address.address(address.render(found)) == found
            assert address.from_reverse(address.reverse_name(found)) == found
        address.from_reverse(written)


KINDS = Target(
    "records",
    check_records,
    (
        b"v=STSv1; id=20260101T000000;",
        b"v=TLSRPTv1; rua=mailto:a@x.example,https://x.example/v1",
        b"v=BIMI1; l=https://x.example/logo.svg; a=https://x.example/a.pem; lps=a,b",
        b"3 1 1 " + b"ab" * 32,
        b'0 issue "letsencrypt.org; validationmethods=dns-01; accounturi=https://x/1"',
        b"10 mx.example.com.",
        b"ns.example. root.example. 1 7200 3600 1209600 3600",
        b"0 5 443 host.example.",
        b"12345 13 2 " + b"0f" * 32,
        b"257 3 13 " + b"QUFB" * 20,
        b'"a\\"b" "c\\065" ; comment',
        b"2001:db8::1",
        b"1.2.0.192.in-addr.arpa",
    ),
    (*TAGS, b'"', b"\\", b"\\000", b"\\255", b"0", b"1", b"255", b"256", b"65536", b"4294967296",
     b".", b"a.example.", b"issue", b"iodef", b"mailto:", b"https://", b"::", b"%eth0", b"\xb2"),
)  # fmt: skip


def check_policy(data: bytes) -> None:
    parsed = sts_policy.parse(data)
    sound(parsed, len(data))
    bounded(parsed, len(data), 100)
    policy = parsed.record
    if policy is not None:
        assert sts_policy.parse(sts_policy.render(policy)).record == policy
        sts_policy.allows(policy, "mx.example.com")


POLICY = Target(
    "mtasts_policy",
    check_policy,
    (b"version: STSv1\r\nmode: enforce\r\nmx: mx.example.com\r\nmx: *.b.example\r\n"
     b"max_age: 86400\r\n",
     b"version: STSv1\nmode: none\nmax_age: 0\nx-y: z\n"),
    (b"\r\n", b"\n", b":", b" ", b"mx: ", b"*.", b"mode:", b"max_age:", b"9" * 12, b"\xff", b"\0",
     b"\xef\xbb\xbf", b"version: STSv1\n"),
)  # fmt: skip


# Names


def check_names(data: bytes) -> None:
    for written in texts(data):
        name = names.normalize(written)
        assert names.normalize(name + ".") in (name, names.normalize(name + "."))
        names.too_long(name)
        names.is_fqdn(name)
        assert names.labels(names.parent(name)) == names.labels(name)[1:]
        plain(names.printable(written, 40), "printable", 40)
        plain(names.printable(written), "printable", 12 * len(written))
        assert names.harmless(written).isprintable()
        try:
            ascii_name = names.to_ascii(written)
        except names.BadName as error:
            plain(str(error), "why")
            continue
        assert names.to_ascii(ascii_name) == ascii_name == ascii_name.lower()
        plain(ascii_name, "name", names.MAX_NAME)
        names.to_unicode(ascii_name)


NAMES = Target(
    "names",
    check_names,
    (b"example.com.", b"B\xc3\xbccher.Example", b"a\\.b\\032c.d", b"https://u@x.example:1/",
     b"a@b"),
    (b".", b"\\", b"\\0", b"\\.", b"xn--", b"-", b"_", b"\xc3\x9f", b"\xe2\x80\x8d", b"\xff", b"a",
     b"\xe3\x80\x82", b"x" * 63, b"@", b"://", b"\xcc\x81", b"\xd7\x90"),
)  # fmt: skip

TARGETS = (WIRE, KINDS, POLICY, NAMES)
