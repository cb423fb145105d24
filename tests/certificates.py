"""Certificates for tests, made on the spot."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Issued:
    """A certificate with its key; `issue` makes others from it."""

    def __init__(self, certificate: x509.Certificate, key: Any) -> None:
        self.certificate, self.key = certificate, key
        self.der = certificate.public_bytes(Encoding.DER)

    def issue(self, *names: str, **more: Any) -> "Issued":
        return issued(names, by=self, **more)


def issued(
    names: Sequence[str] = (),
    *,
    by: Issued | None = None,
    key: Any = None,
    authority: bool = False,
    start: datetime = NOW - timedelta(days=30),
    days: int = 90,
    title: str = "",
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Issued:
    """A certificate for `names`, signed by `by` or by itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = _name(title or (names[0] if names else "nobody"))
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if names:
        alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(alternatives, critical=False)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    signer = by.key if by else key
    digest = hashes.SHA256() if isinstance(signer, ec.EllipticCurvePrivateKey) else _digest(signer)
    return Issued(builder.sign(signer, digest), key)


def _digest(key: Any) -> Any:
    return hashes.SHA256() if hasattr(key, "private_numbers") else None


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def root(title: str = "Test Root") -> Issued:
    """An authority of its own."""
    return issued(authority=True, title=title, days=3650)
