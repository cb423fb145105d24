"""Messages: our decoder against dnspython's, and whatever else a network may bring."""

import struct

import dns.flags
import dns.message
import dns.name
import dns.rdata
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.lookup.fastwire import Odd, decode_fast
from mailworthy.lookup.slowwire import decode_slow
from mailworthy.lookup.wire import decode, query
from mailworthy.lookup.wiremodel import Message

labels = st.binary(min_size=1, max_size=8) | st.sampled_from([b"www", b"Mail", b"_dmarc", b"a.b"])
names = st.lists(labels, max_size=4).map(lambda parts: dns.name.Name([*parts, b""]))
plain = names.map(dns.name.Name.to_wire)
u8, u16, u32 = (st.integers(0, 2**bits - 1) for bits in (8, 16, 32))
times = st.integers(0, 2**31 - 1)
strings = st.lists(st.binary(max_size=40), min_size=1, max_size=4)


def packed(form: str, *values: int) -> bytes:
    return struct.pack(form, *values)


data = st.one_of(
    st.tuples(st.just("A"), st.binary(min_size=4, max_size=4)),
    st.tuples(st.just("AAAA"), st.binary(min_size=16, max_size=16)),
    st.tuples(st.just("AAAA"), st.binary(min_size=3, max_size=3).map(lambda b: bytes(13) + b)),
    st.tuples(st.sampled_from(["NS", "CNAME", "PTR", "DNAME"]), plain),
    st.tuples(st.just("MX"), st.builds(lambda p, n: packed("!H", p) + n, u16, plain)),
    st.tuples(
        st.just("SRV"),
        st.builds(lambda a, b, c, n: packed("!HHH", a, b, c) + n, u16, u16, u16, plain),
    ),
    st.tuples(
        st.just("SOA"),
        st.builds(
            lambda a, b, s, t: a + b + packed("!5I", s, *t),
            plain,
            plain,
            u32,
            st.lists(times, min_size=4, max_size=4),
        ),
    ),
    st.tuples(
        st.sampled_from(["TXT", "SPF"]),
        strings.map(lambda parts: b"".join(bytes([len(p)]) + p for p in parts)),
    ),
    st.tuples(
        st.just("TLSA"),
        st.builds(
            lambda a, b, d: packed("!3B", a, b, 1) + d, u8, u8, st.binary(min_size=32, max_size=32)
        ),
    ),
    st.tuples(
        st.just("TLSA"),
        st.builds(lambda a, b, d: packed("!3B", a, b, 0) + d, u8, u8, st.binary(max_size=200)),
    ),
    st.tuples(
        st.just("DS"),
        st.builds(
            lambda t, a, d: packed("!HBB", t, a, 2) + d,
            u16,
            u8,
            st.binary(min_size=32, max_size=32),
        ),
    ),
    st.tuples(
        st.just("CAA"),
        st.builds(
            lambda f, t, v: packed("!BB", f, len(t)) + t.encode() + v,
            u8,
            st.sampled_from(["issue", "issueWild", "iodef"]),
            st.binary(max_size=40),
        ),
    ),
    st.tuples(st.just("HINFO"), st.just(b"\x01a\x01b")),
)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A response, compressed by dnspython, about one of its records or about none."""
    name = draw(names)
    rows = draw(st.lists(st.tuples(names | st.just(name), data, u32), max_size=6))
    asked = draw(st.sampled_from([row[1][0] for row in rows] or ["A"]))
    message = dns.message.make_query(name, asked, use_edns=draw(st.booleans()))
    if message.edns >= 0 and draw(st.booleans()):
        codes = draw(st.lists(u16, max_size=3))
        message.use_edns(options=[dns.edns.EDEOption(code, "x") for code in codes])
    message.flags = dns.flags.QR | draw(u16) & 0x07F0
    message.set_rcode(draw(st.integers(0, 15)))
    for owner, (type_, octets), ttl in rows:
        rdata = dns.rdata.from_wire("IN", type_, octets, 0, len(octets))
        section = message.authority if draw(st.booleans()) else message.answer
        section.append(dns.rrset.from_rdata(owner, ttl & 0x7FFFFFFF, rdata))
    return message.to_wire()


def fast(wire: bytes) -> Message | None:
    try:
        return decode_fast(wire)
    except (Odd, IndexError, struct.error):
        return None


@given(messages())
def test_both_decoders_read_the_same(wire: bytes) -> None:
    slow = decode_slow(wire)
    assert slow is not None
    assert fast(wire) in (slow, None)
    assert decode(wire) == slow


@given(messages(), st.data())
def test_both_decoders_read_the_same_of_what_is_damaged(wire: bytes, draw: st.DataObject) -> None:
    octets = bytearray(wire)
    for _ in range(draw.draw(st.integers(1, 3))):
        octets[draw.draw(st.integers(0, len(octets) - 1))] = draw.draw(u8)
    damaged = bytes(octets[: draw.draw(st.integers(0, len(octets)))])
    ours, theirs = fast(damaged), decode_slow(damaged)
    assert ours is None or theirs is None or ours == theirs


@given(st.binary(max_size=200))
def test_any_octets_are_read_or_refused(octets: bytes) -> None:
    for candidate in (octets, struct.pack("!6H", 1, 0x8180, 1, 2, 2, 2) + octets):
        assert decode(candidate) is None or isinstance(decode(candidate), Message)


def test_common_types_take_the_fast_way() -> None:
    message = dns.message.make_response(dns.message.make_query("x.example.", "MX"))
    message.answer = [dns.rrset.from_text("X.Example.", 60, "IN", "MX", "10 Mail.Example.")]
    decoded = fast(message.to_wire())
    assert decoded is not None
    assert decoded.answer[0] == ("x.example", 15, 60, "10 mail.example.", ())


HEAD = struct.pack("!6H", 1, 0x8180, 1, 1, 0, 0) + b"\x01x\0" + struct.pack("!HH", 1, 1)


@pytest.mark.parametrize(
    "tail",
    [
        b"\xc0\x13",  # a pointer to itself
        b"\xc0\x14\xc0\x13",  # two that point at each other
        b"\xff\xff",  # beyond the end
        b"\x40a\0",  # a label type that does not exist
        b"\x01",  # cut off
        b"\0" + struct.pack("!HHIH", 1, 1, 0, 400) + b"abcd",
        b"\0" + struct.pack("!HHIH", 1, 1, 0, 5) + b"abcde",
        b"\0" + struct.pack("!HHIH", 16, 1, 0, 2) + b"\x05a",
        b"".join(b"\x3f" + b"a" * 63 for _ in range(5)) + b"\0" + bytes(10),
    ],
)
def test_hostile_messages_are_refused(tail: bytes) -> None:
    wire = (
        HEAD[:17] + (b"\x00\x10" if b"\x00\x10\x00\x01" in tail else b"\0\x01") + HEAD[19:] + tail
    )
    assert decode(wire) is None


def test_a_chain_of_pointers_is_bounded() -> None:
    """Every name of 2000 records walks through pointers to pointers."""
    pointers = b"".join(struct.pack("!H", 0xC000 | max(12, 19 + 2 * i)) for i in range(4000))
    rows = b"".join(b"\xdf\x00" + struct.pack("!HHIH", 1, 1, 0, 4) + b"abcd" for _ in range(2000))
    head = struct.pack("!6H", 1, 0x8180, 1, 2001, 0, 0) + b"\x01x\0" + struct.pack("!HH", 1, 1)
    txt = b"\0" + struct.pack("!HHIH", 99, 1, 0, len(pointers)) + pointers
    assert decode(head + txt + rows) is None


def test_too_many_records_and_too_long_messages_are_refused() -> None:
    rows = b"\0\0\x01\0\x01\0\0\0\0\0\x04abcd" * 2049
    head = struct.pack("!6H", 1, 0x8180, 1, 2049, 0, 0) + b"\x01x\0" + struct.pack("!HH", 1, 1)
    assert decode(head + rows) is None
    assert decode(head[:6] + b"\x08\0" + head[8:] + rows) is not None
    assert decode(head[:6] + b"\0\0" + head[8:]) is not None
    assert decode(head[:6] + b"\0\0" + head[8:] + bytes(65536)) is None


def test_lengths_that_dnspython_refuses_are_kept() -> None:
    """A TLSA record with the wrong length is a fault to report, not an unreadable answer."""
    wire = HEAD[:15] + struct.pack("!HH", 52, 1) + b"\xc0\x0c"
    wire += struct.pack("!HHIH", 52, 1, 60, 5) + b"\x03\x01\x01\xab\xcd"
    decoded = decode(wire)
    assert decoded is not None
    assert decoded.answer[0].text == "3 1 1 abcd"
    assert decode_slow(wire) is None


def test_a_query_is_what_dnspython_would_send() -> None:
    ours = query("Mail.example.com", "TLSA", dnssec=True)
    assert ours is not None
    message = dns.message.from_wire(ours.message(77))
    assert (message.id, message.payload, message.ednsflags) == (77, 1232, 0x8000)
    assert message.question[0].to_text() == "mail.example.com. IN TLSA"
    assert message.flags == dns.flags.RD | dns.flags.AD
    assert dns.message.from_wire(ours.message(77, edns=False)).edns == -1
    assert query("a" * 64, "A") is None


@pytest.mark.parametrize(
    ("change", "matches"),
    [
        (lambda m: m, True),
        (lambda m: m.replace(b"\x01x", b"\x01X"), True),
        (lambda m: m.replace(b"\x01x", b"\x01y"), False),
        (lambda m: m[:17] + b"\0\x02" + m[19:], False),
        (lambda m: m[:2] + b"\x01\0" + m[4:], False),  # a query
        (lambda m: m[:2] + b"\x91\0" + m[4:], False),  # another opcode
        (lambda m: m[:4] + b"\0\x02" + m[6:], False),
        (lambda m: m[:11], False),
        (lambda m: m[:2] + b"\x80\x01" + bytes(8), True),  # FORMERR without a question
        (lambda m: m[:2] + b"\x80\x03" + bytes(8), False),  # NXDOMAIN without a question
    ],
)
def test_an_answer_echoes_its_question(change, matches: bool) -> None:  # type: ignore[no-untyped-def]
    asked = query("x", "A")
    assert asked is not None
    assert asked.matches(change(HEAD)) is matches
