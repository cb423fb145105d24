"""The certificate authority of the lab: it issues whatever a test wants."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = timedelta(days=1)


class Issued(msgspec.Struct, frozen=True):
    """A certificate with its key, as files."""

    names: tuple[str, ...]
    certificate: Path
    key: Path
    pin: str

    @property
    def tlsa(self) -> str:
        """The data of the TLSA record that pins its key (RFC 7671 §5.1)."""
        return f"3 1 1 {self.pin}"


class Authority:
    """It lives as long as its folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o755)
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Lab authority")])
        builder = _builder(self._name, self._name, self._key, expired=False)
        self._cert = builder.add_extension(x509.BasicConstraints(True, 0), critical=True).sign(
            self._key, hashes.SHA256()
        )
        self.path = folder / "ca.pem"
        self.path.write_bytes(self._cert.public_bytes(serialization.Encoding.PEM))

    def issue(
        self, names: Sequence[str], *, expired: bool = False, self_signed: bool = False
    ) -> Issued:
        """A certificate for host names, with a new key; the first name is the common name."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        issuer, signer = (subject, key) if self_signed else (self._name, self._key)
        hosts = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        cert = (
            _builder(subject, issuer, key, expired=expired)
            .add_extension(hosts, critical=False)
            .add_extension(x509.BasicConstraints(False, None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(signer, hashes.SHA256())
        )
        chain = (cert,) if self_signed else (cert, self._cert)
        return self._keep(tuple(names), key, chain)

    def _keep(
        self,
        names: tuple[str, ...],
        key: ec.EllipticCurvePrivateKey,
        chain: Sequence[x509.Certificate],
    ) -> Issued:
        spki = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        pin = sha256(spki).hexdigest()
        place = self.folder / f"{names[0]}.{pin[:8]}.pem"
        place.write_bytes(b"".join(c.public_bytes(serialization.Encoding.PEM) for c in chain))
        secret = place.with_suffix(".key")
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return Issued(names, place, secret, pin)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, expired: bool
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    until = now - DAY if expired else now + 30 * DAY
    return x509.CertificateBuilder(
        issuer, subject, key.public_key(), x509.random_serial_number(), until - 60 * DAY, until
    )
