"""TXT: chunks, zone-file text, sizes."""

import dns.message
import dns.rdata
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.rdata.text import (
    MAX_RDATA,
    BadText,
    chunks,
    quote,
    rdata_size,
    text_size,
    unquote,
    wire_size,
)

octets = st.text(st.characters(min_codepoint=0, max_codepoint=255), max_size=700)


def decoded(text: str) -> str:
    """What dnspython makes of presentation text."""
    return b"".join(dns.rdata.from_text("IN", "TXT", text).strings).decode("latin-1")


@given(octets, st.integers(1, 255))
def test_chunks_join_to_the_value(value: str, size: int) -> None:
    cut = chunks(value, size)
    assert "".join(cut) == value
    assert all(len(part) <= size for part in cut)
    assert all(len(part) == size for part in cut[:-1])


def test_an_empty_value_is_one_empty_string() -> None:
    assert chunks("") == ("",)
    assert quote("") == '""'


@pytest.mark.parametrize(
    ("value", "size"),
    [("snow \u2603", 255), ("a", 0), ("a", 256), ("x" * MAX_RDATA, 255)],
)
def test_what_no_record_holds_is_misuse(value: str, size: int) -> None:
    with pytest.raises(BadText):
        chunks(value, size)


def test_the_longest_value_fits() -> None:
    longest = "x" * (MAX_RDATA - 256)
    assert len(quote(longest)) > len(longest)
    assert rdata_size(longest) <= MAX_RDATA


@given(octets)
def test_quote_and_unquote_are_inverse(value: str) -> None:
    parsed = unquote(quote(value))
    assert (parsed.record, parsed.problems) == (value, ())


@given(octets)
def test_dnspython_agrees_both_ways(value: str) -> None:
    assert decoded(quote(value)) == value
    wire = b"".join(bytes([len(c)]) + c.encode("latin-1") for c in chunks(value))
    theirs = dns.rdata.from_wire("IN", "TXT", wire, 0, len(wire)).to_text()
    assert quote(value) == theirs
    assert unquote(theirs).record == value


@pytest.mark.parametrize(
    ("text", "value", "codes"),
    [
        ('"v=spf1 -all"', "v=spf1 -all", []),
        ("v=spf1", "v=spf1", []),
        ('"a" b  "c"', "abc", []),
        (r'"\"\\\009\a"', '"\\\ta', []),
        (r"a\;b", "a;b", []),
        (r'"a;b"', "a;b", []),
        ("v=DMARC1; p=none", "v=DMARC1", ["comment"]),
        ("; nothing", None, ["missing-field", "comment"]),
        ("", None, ["missing-field"]),
        ('"open', None, ["unterminated-quote"]),
        ('"', None, ["unterminated-quote"]),
        (r'"open\"', None, ["unterminated-quote"]),
        (r"\999", None, ["bad-escape"]),
        (r"\25", None, ["bad-escape"]),
        ("a\\", None, ["bad-escape"]),
        ('"\u2603"', None, ["not-octets"]),
        ('"' + "x" * 256 + '"', "x" * 256, ["string-too-long"]),
        ("a" * 300_000, None, ["oversize"]),
    ],
)
def test_unquote(text: str, value: str | None, codes: list[str]) -> None:
    parsed = unquote(text)
    assert parsed.record == value
    assert sorted(p.code for p in parsed.problems) == sorted(codes)


@given(st.text(st.sampled_from('"\\;0129 a\n\xff\u2603')))
def test_unquote_never_raises(text: str) -> None:
    parsed = unquote(text)
    assert (parsed.record is not None) or parsed.problems
    assert all(0 <= p.start <= p.end <= len(text) for p in parsed.problems)


@given(
    st.sampled_from(["example.com", "a.b.example", r"a\.b\255.example.org", "."]),
    st.lists(octets, min_size=1, max_size=4, unique=True),
)
def test_wire_size_is_that_of_a_real_answer(name: str, values: list[str]) -> None:
    rrset = dns.rrset.from_text_list(
        name.rstrip(".") + ".", 300, "IN", "TXT", [quote(v) for v in values]
    )
    answer = dns.message.make_response(dns.message.make_query(rrset.name, "TXT"))
    answer.answer.append(rrset)
    # Nothing points to the root: its name is one octet where a pointer takes two.
    pointers = len(values) if name == "." else 0
    assert wire_size(name, values) - pointers == len(answer.to_wire())


def test_text_size_counts_name_and_texts() -> None:
    assert text_size("example.com", ["v=spf1 -all", "x"]) == 11 + 11 + 1
