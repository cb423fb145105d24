"""TLSA records, and certificates turned into them."""

import hashlib
from datetime import datetime, timedelta

import dns.exception
import dns.rdata
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from mailworthy.dane.record import (
    BadCertificate,
    Matching,
    Selector,
    Tlsa,
    Usage,
    from_certificate,
    from_spki,
    matches,
    owner,
    parse,
    render,
)

u8 = st.integers(0, 255)
tlsas = st.builds(Tlsa, u8, u8, u8, st.binary(min_size=1, max_size=600))
D32, D64 = "ab" * 32, "cd" * 64


def certificate(name: str) -> x509.Certificate:
    """A certificate of its own making."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime(2026, 1, 1)
    return (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1, start)
        .not_valid_after(start + timedelta(days=90))
        .sign(key, hashes.SHA256())
    )


CERT, OTHER = certificate("mail.example.com"), certificate("mx.example.com")
PEM = CERT.public_bytes(Encoding.PEM)
DER = CERT.public_bytes(Encoding.DER)
SPKI = CERT.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@given(tlsas)
def test_what_is_rendered_is_read_back(tlsa: Tlsa) -> None:
    assert parse(render(tlsa)).record == tlsa


@given(tlsas, st.sampled_from([1, 32, 64]))
def test_dnspython_reads_the_same(tlsa: Tlsa, length: int) -> None:
    tlsa = Tlsa(tlsa.usage, tlsa.selector, tlsa.matching % 4, tlsa.data.ljust(64, b"x")[:length])
    ours = parse(render(tlsa))
    if ours.has("digest-length"):
        with pytest.raises(dns.exception.SyntaxError, match="inconsistent"):
            dns.rdata.from_text("IN", "TLSA", render(tlsa))
        return
    theirs = dns.rdata.from_text("IN", "TLSA", render(tlsa))
    assert (theirs.usage, theirs.selector, theirs.mtype, theirs.cert) == (
        tlsa.usage,
        tlsa.selector,
        tlsa.matching,
        tlsa.data,
    )
    assert parse(theirs.to_text()).record == tlsa


@given(st.text() | st.text(st.sampled_from("0123 aF\n")))
def test_no_text_raises(text: str) -> None:
    parsed = parse(text)
    assert parsed.record is not None or parsed.problems


@pytest.mark.parametrize(
    ("text", "codes", "usable"),
    [
        (f"3 1 1 {D32}", [], True),
        (f"3 1 1 {D32[:20].upper()} {D32[20:]}", [], True),
        (f"2 0 1 {D32}", [], True),
        (f"3 1 2 {D64}", [], True),
        ("3 0 0 3082", ["full-data"], True),
        (f"1 1 1 {D32}", ["pkix-usage"], False),
        (f"0 0 1 {D32}", ["pkix-usage"], False),
        (f"4 1 1 {D32}", ["unknown-usage"], False),
        (f"255 1 1 {D32}", ["unknown-usage"], False),
        (f"3 2 1 {D32}", ["unknown-selector"], False),
        (f"3 1 3 {D32}", ["unknown-matching"], False),
        (f"3 1 1 {D64}", ["digest-length"], False),
        (f"3 1 2 {D32}", ["digest-length"], False),
    ],
)
def test_remarks_leave_the_record(text: str, codes: list[str], usable: bool) -> None:
    parsed = parse(text)
    assert parsed.record is not None
    assert [p.code for p in parsed.problems] == codes
    assert parsed.record.usable is usable


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing-field"),
        ("3 1 1", "missing-field"),
        ("3 1 1 abc", "bad-hex"),
        ("3 1 1 xyz0", "bad-hex"),
        (f"256 1 1 {D32}", "bad-number"),
        (f"DANE-EE 1 1 {D32}", "bad-number"),
    ],
)
def test_no_record(text: str, code: str) -> None:
    parsed = parse(text)
    assert parsed.record is None
    assert parsed.has(code)


def test_the_owner_name() -> None:
    assert owner("mail.example.com") == "_25._tcp.mail.example.com"
    assert owner("mail.example.com", 465) == "_465._tcp.mail.example.com"


def test_the_record_of_a_certificate() -> None:
    expected = Tlsa(3, 1, 1, hashlib.sha256(SPKI).digest())
    assert from_certificate(PEM) == expected
    assert from_certificate(PEM.decode()) == expected
    assert from_certificate(DER) == expected
    assert from_certificate(PEM + OTHER.public_bytes(Encoding.PEM)) == expected
    assert from_spki(SPKI) == expected


FORMS = [(s, m) for s in Selector for m in Matching]


@pytest.mark.parametrize(("selector", "matching"), FORMS)
def test_every_form_matches_its_certificate_only(selector: Selector, matching: Matching) -> None:
    tlsa = from_certificate(PEM, Usage.DANE_TA, selector, matching)
    assert parse(render(tlsa)).record == tlsa
    assert tlsa.usable
    assert matches(tlsa, DER)
    assert not matches(tlsa, OTHER.public_bytes(Encoding.DER))
    assert not matches(Tlsa(2, selector, matching, tlsa.data + b"x"), DER)


def test_whole_forms_hold_the_octets_themselves() -> None:
    assert from_certificate(PEM, selector=Selector.CERT, matching=Matching.FULL).data == DER
    assert from_certificate(PEM, selector=Selector.SPKI, matching=Matching.FULL).data == SPKI


@pytest.mark.parametrize(("selector", "matching"), [(2, 1), (1, 3), (255, 255)])
def test_unknown_forms_match_nothing(selector: int, matching: int) -> None:
    assert not matches(Tlsa(3, selector, matching, hashlib.sha256(SPKI).digest()), DER)


@given(st.binary(max_size=100))
def test_what_is_no_certificate_matches_nothing(data: bytes) -> None:
    assert not matches(from_spki(SPKI), data)
    with pytest.raises(BadCertificate):
        from_certificate(data)


@pytest.mark.parametrize("text", ["", "mail.example.com", "-----BEGIN CERTIFICATE-----", "\u2603"])
def test_what_is_no_certificate_is_misuse(text: str) -> None:
    with pytest.raises(BadCertificate):
        from_certificate(text)
