"""Certificates: real ones made on the spot, and anything else."""

import datetime as dt
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.x509.oid import ObjectIdentifier
from hypothesis import given
from hypothesis import strategies as st

from certificates import NOW, issued, root
from mailworthy.certificate import Certificate, KeyType, covers, read


def good(der: bytes) -> Certificate:
    parsed = read(der)
    assert parsed.record is not None
    assert parsed.problems == ()
    return parsed.record


def test_what_a_certificate_says() -> None:
    made = root().issue("mail.example.com", "*.example.net")
    found = good(made.der)
    assert found.names == ("mail.example.com", "*.example.net")
    assert (found.subject, found.issuer) == ("CN=mail.example.com", "CN=Test Root")
    assert (found.key_type, found.key_bits, found.digest) == (KeyType.ECDSA, 256, "sha256")
    assert not found.self_issued
    assert not found.authority
    assert found.current(NOW)
    assert not found.current(NOW + dt.timedelta(days=61))
    assert not found.current(NOW - dt.timedelta(days=31))


def test_an_authority_is_one() -> None:
    found = good(root().der)
    assert found.authority
    assert found.self_issued
    assert found.names == ()


@pytest.mark.parametrize(
    ("key", "kind", "bits", "digest"),
    [
        (rsa.generate_private_key(65537, 1024), KeyType.RSA, 1024, "sha256"),
        (ed25519.Ed25519PrivateKey.generate(), KeyType.ED25519, 0, ""),
    ],
)
def test_kinds_of_keys(key: Any, kind: KeyType, bits: int, digest: str) -> None:
    found = good(issued(["a.example"], key=key).der)
    assert (found.key_type, found.key_bits, found.digest) == (kind, bits, digest)


def test_names_are_bounded_and_cleaned() -> None:
    many = read(issued([f"h{n}.example" for n in range(1200)]).der)
    assert many.has("too-many-names")
    assert many.record is not None
    assert len(many.record.names) == 1000
    odd = good(issued(["MAIL.Example.COM", "xn--mnchen-3ya.example", "*.*.example", "a..b"]).der)
    assert odd.names == ("mail.example.com", "xn--mnchen-3ya.example")


def test_control_characters_do_not_come_through() -> None:
    found = good(issued(["a.example"], title="evil\x1b[2J\nname").der)
    assert found.subject.isprintable()


def test_names_that_cannot_be_read_are_a_problem() -> None:
    names = x509.UnrecognizedExtension(ObjectIdentifier("2.5.29.17"), b"\x30\x03\x82\x05a")
    parsed = read(issued([], extensions=[(names, False)]).der)
    assert parsed.has("unreadable-names")
    assert parsed.record is not None
    assert parsed.record.names == ()


@pytest.mark.parametrize("extension", ["2.5.29.17", "2.5.29.18"])
@pytest.mark.parametrize("kind", [b"\xa3\x02\x30\x00", b"\xa5\x06\xa1\x04\x0c\x02ab"])
def test_names_of_a_kind_that_nobody_has_are_a_problem(extension: str, kind: bytes) -> None:
    """x400Address and ediPartyName (RFC 5280 §4.2.1.6), also where no name is looked for."""
    names = x509.UnrecognizedExtension(ObjectIdentifier(extension), bytes([0x30, len(kind)]) + kind)
    parsed = read(issued([], extensions=[(names, False)]).der)
    assert parsed.has("unreadable-names")
    assert parsed.record is not None
    assert (parsed.record.names, parsed.record.authority) == ((), False)


@pytest.mark.parametrize(
    ("der", "code"),
    [(b"", "unreadable"), (b"0" * 70000, "too-large"), (b"-----BEGIN", "unreadable")],
)
def test_what_is_none(der: bytes, code: str) -> None:
    parsed = read(der)
    assert parsed.record is None
    assert parsed.has(code)


_DER = issued(["mail.example.com"]).der


@given(st.integers(0, len(_DER) - 1), st.binary(min_size=1, max_size=4), st.integers(0, len(_DER)))
def test_reading_never_raises(at: int, patch: bytes, end: int) -> None:
    read((_DER[:at] + patch + _DER[at + len(patch) :])[:end])
    read(_DER[:at] + patch + _DER[at + len(patch) :])


@pytest.mark.parametrize(
    ("names", "host", "expected"),
    [
        (["mail.example.com"], "mail.example.com", True),
        (["mail.example.com"], "MAIL.example.com", True),
        (["*.example.com"], "mail.example.com", True),
        (["*.example.com"], "a.mail.example.com", False),
        (["*.example.com"], "example.com", False),
        (["*"], "com", False),
        (["*.com"], "example.com", True),
        (["m*.example.com"], "mail.example.com", False),
        (["other.example"], "mail.example.com", False),
        ([], "mail.example.com", False),
    ],
)
def test_names_and_wildcards(names: list[str], host: str, expected: bool) -> None:
    assert covers(names, host) is expected
