"""The _smtp._tls TXT record."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.tlsrpt.record import is_record, parse, render

word = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
domain = st.tuples(word, word).map(lambda pair: f"{pair[0]}.x{pair[1]}")
uris = st.one_of(
    st.tuples(word, domain).map(lambda pair: f"mailto:{pair[0]}@{pair[1]}"),
    st.tuples(domain, word).map(lambda pair: f"https://{pair[0]}/{pair[1]}?a=b"),
)


@given(st.lists(uris, min_size=1, max_size=5, unique=True))
def test_what_is_rendered_is_read_back(listed: list[str]) -> None:
    text = "v=TLSRPTv1; rua=" + ",".join(listed)
    parsed = parse(text)
    assert parsed.problems == ()
    assert parsed.record is not None
    assert [uri.uri for uri in parsed.record.rua] == listed
    assert is_record(text)
    assert render(parsed.record) == text
    assert [text[uri.start : uri.end] for uri in parsed.record.rua] == listed


@given(st.text() | st.text(st.sampled_from("rua=mailto:@. ,;!https/%")).map("v=TLSRPTv1;".__add__))
def test_no_text_raises(text: str) -> None:
    parsed = parse(text)
    assert parsed.record is not None or parsed.problems
    assert all(0 <= p.start <= p.end <= len(text) + 1 for p in parsed.problems)


M, H = "mailto:tlsrpt@example.com", "https://reports.example.com/v1/tlsrpt"
RECORDS = [
    (f"v=TLSRPTv1;rua={M}", [M], []),
    (f"v=TLSRPTv1; rua={M},{H};", [M, H], []),
    (f"v=TLSRPTv1; rua={M} , {H}", [M, H], []),
    (f"v=TLSRPTv1; rua={M}; rua={H}", [M, H], []),
    (f"v=TLSRPTv1; x=y; rua={M}", [M], []),
    (f"v=TLSRPTv1; rua={M},{M}", [M], ["uri-duplicate"]),
    (f"v=TLSRPTv1; rua={M}; rua={M}", [M], ["uri-duplicate"]),
    (f"v=TLSRPTv1; rua={M},ftp://example.com/x", [M], ["uri-bad-scheme"]),
    (f"v=TLSRPTv1; rua=tlsrpt@example.com,{M}", [M], ["uri-no-scheme"]),
    (f"v=TLSRPTv1; rua={M},https:///path", [M], ["uri-bad-host"]),
    (f"v=TLSRPTv1; rua={M},https://192.0.2.1/", [M], ["uri-bad-host"]),
    (f"v=TLSRPTv1; rua={M}!10m", [M], ["obsolete-size"]),
    (f"v=TLSRPTv1; rua=,{M}", [M], ["uri-empty"]),
    ("v=TLSRPTv1; rua=", None, ["no-destination", "uri-empty"]),
    ("v=TLSRPTv1; rua=tlsrpt@example.com", None, ["no-destination", "uri-no-scheme"]),
    ("v=TLSRPTv1; rua=mailto:tlsrpt", None, ["no-destination", "uri-bad-mailbox"]),
    ("v=TLSRPTv1;", None, ["missing-rua"]),
    (f"v=TLSRPTv1; RUA={M}", None, ["missing-rua"]),
    (f"v=TLSRPTv1; ruf={M}", None, ["missing-rua"]),
    (f"v=TLSRPTv1; rua = {M}", None, ["blank-around-equals"]),
    (f"v=TLSRPTv1; rua={M};;", None, ["empty-tag"]),
    (f"v=TLSRPTv1; rua={M}; x=", None, ["bad-extension"]),
    (f"v=TLSRPTv1 rua={M}", None, ["not-tlsrpt"]),
    (f"v=TLSRPTV1; rua={M}", None, ["not-tlsrpt"]),
    (f"v=TLSRPTv2; rua={M}", None, ["not-tlsrpt"]),
    ("", None, ["not-tlsrpt"]),
]


@pytest.mark.parametrize(("text", "expected", "codes"), RECORDS)
def test_records(text: str, expected: list[str] | None, codes: list[str]) -> None:
    parsed = parse(text)
    found = [uri.uri for uri in parsed.record.rua] if parsed.record else None
    assert found == expected
    assert sorted(p.code for p in parsed.problems) == codes


def test_unknown_fields_are_kept() -> None:
    parsed = parse(f"v=TLSRPTv1; a=1; rua={M}")
    assert parsed.record is not None
    assert parsed.record.extensions == (("a", "1"),)


def test_where_the_reports_go() -> None:
    parsed = parse(f"v=TLSRPTv1; rua={M},{H}")
    assert parsed.record is not None
    assert [(u.scheme, u.address, u.host) for u in parsed.record.rua] == [
        ("mailto", "tlsrpt@example.com", "example.com"),
        ("https", "", "reports.example.com"),
    ]
