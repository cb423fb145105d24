"""TLSA records (RFC 6698 §2) and what SMTP makes of them (RFC 7672 §3.1)."""

import hashlib
from enum import IntEnum
from typing import TYPE_CHECKING

import msgspec

from mailworthy.errors import UsageError
from mailworthy.parsed import Parsed, Problem
from mailworthy.rdata.fields import Reader

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

DIGEST_OCTETS = {1: 32, 2: 64}


class BadCertificate(UsageError):
    """A text that should be a certificate and is none."""


class Usage(IntEnum):
    """Which certificate of the chain is meant, and what else must hold (RFC 7218 §2.1)."""

    PKIX_TA = 0
    PKIX_EE = 1
    DANE_TA = 2
    DANE_EE = 3


class Selector(IntEnum):
    """Which part of the certificate (RFC 7218 §2.2)."""

    CERT = 0
    SPKI = 1


class Matching(IntEnum):
    """How that part is shown (RFC 7218 §2.3)."""

    FULL = 0
    SHA2_256 = 1
    SHA2_512 = 2


class Tlsa(msgspec.Struct, frozen=True):
    """One association; the numbers may be any octet, since zones hold any."""

    usage: int
    selector: int
    matching: int
    data: bytes

    @property
    def usable(self) -> bool:
        """Whether an SMTP client can match a certificate with it (RFC 7672 §3.1)."""
        known = self.selector in set(Selector) and self.matching in set(Matching)
        length = DIGEST_OCTETS.get(self.matching, len(self.data))
        return self.usage in (2, 3) and known and len(self.data) == length > 0


def owner(host: str, port: int = 25) -> str:
    """The name that holds the TLSA records of a server (RFC 6698 §3)."""
    return f"_{port}._tcp.{host}"


def parse(text: str) -> Parsed[Tlsa]:
    """Read `3 1 1 8cb0fc6c…`.

    Remarks, each of which makes it unusable for SMTP: `pkix-usage`, `unknown-usage`,
    `unknown-selector`, `unknown-matching`, `digest-length`. `full-data` marks a whole
    certificate or key where a digest does as well (RFC 7671 §10.1.2).
    """
    read = Reader(text)
    tlsa = Tlsa(
        read.number("usage", 255),
        read.number("selector", 255),
        read.number("matching type", 255),
        read.hex("data"),
    )
    span = read.span()
    remarks = (Problem(code, message, span.start, span.end) for code, message in _remarks(tlsa))
    return read.done(tlsa, *remarks)


def _remarks(tlsa: Tlsa) -> list[tuple[str, str]]:
    found = []
    if tlsa.usage in (Usage.PKIX_TA, Usage.PKIX_EE):
        found.append(("pkix-usage", f"SMTP makes no use of usage {tlsa.usage}; take 3"))
    elif tlsa.usage not in set(Usage):
        found.append(("unknown-usage", f"usage {tlsa.usage} is unknown"))
    if tlsa.selector not in set(Selector):
        found.append(("unknown-selector", f"selector {tlsa.selector} is unknown"))
    if tlsa.matching not in set(Matching):
        found.append(("unknown-matching", f"matching type {tlsa.matching} is unknown"))
    if tlsa.matching == Matching.FULL:
        found.append(("full-data", "a digest does as well as the whole"))
    expected = DIGEST_OCTETS.get(tlsa.matching, len(tlsa.data))
    if len(tlsa.data) != expected:
        octets = f"the digest has {len(tlsa.data)} octets, not {expected}"
        found.append(("digest-length", octets))
    return found


def render(tlsa: Tlsa) -> str:
    """Presentation text, the data in lower-case hexadecimal digits."""
    return f"{tlsa.usage} {tlsa.selector} {tlsa.matching} {tlsa.data.hex()}"


def from_spki(der: bytes, usage: Usage = Usage.DANE_EE) -> Tlsa:
    """The `3 1 1` record of a public key (SubjectPublicKeyInfo, DER), as RFC 7672 §3.1.1 wants."""
    return Tlsa(usage, Selector.SPKI, Matching.SHA2_256, hashlib.sha256(der).digest())


def from_certificate(
    certificate: bytes | str,
    usage: Usage = Usage.DANE_EE,
    selector: Selector = Selector.SPKI,
    matching: Matching = Matching.SHA2_256,
) -> Tlsa:
    """The record of a certificate in PEM or DER, the first one of a chain; `3 1 1` unless told.

    Raises BadCertificate.
    """
    return Tlsa(usage, selector, matching, _selected(_load(certificate), selector, matching))


def matches(tlsa: Tlsa, certificate: bytes | str) -> bool:
    """Whether the record stands for this certificate (RFC 6698 §2.1), whatever its usage says.

    False for an unknown selector or matching type, and for a certificate that nobody can read:
    it comes from a server that may be anybody's.
    """
    if tlsa.selector not in set(Selector) or tlsa.matching not in set(Matching):
        return False
    selector, matching = Selector(tlsa.selector), Matching(tlsa.matching)
    try:
        return tlsa.data == _selected(_load(certificate), selector, matching)
    except BadCertificate:
        return False


def _load(certificate: bytes | str) -> "Certificate":
    # cryptography's X.509 part is slow to import, and few runs look at a certificate.
    from cryptography import x509

    try:
        data = certificate.encode("ascii") if isinstance(certificate, str) else certificate
        if b"-----BEGIN" in data:
            return x509.load_pem_x509_certificate(data)
        return x509.load_der_x509_certificate(data)
    except ValueError as error:
        raise BadCertificate(f"not a certificate: {error}") from None


def _selected(certificate: "Certificate", selector: Selector, matching: Matching) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    if selector is Selector.CERT:
        whole = certificate.public_bytes(Encoding.DER)
    else:
        whole = _spki(certificate)
    if matching is Matching.FULL:
        return whole
    digest = hashlib.sha256 if matching is Matching.SHA2_256 else hashlib.sha512
    return digest(whole).digest()


def _spki(certificate: "Certificate") -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError) as error:
        raise BadCertificate(f"a certificate whose key nobody can read: {error}") from None
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
