"""One certificate in DER as a value (RFC 5280 §4.1)."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from mailworthy.names import BadName, printable, to_ascii
from mailworthy.parsed import Parsed, Problem

if TYPE_CHECKING:
    from cryptography import x509

MAX_OCTETS = 65536
MAX_NAMES = 1000  # names that are kept of one certificate
_SHOWN = 200  # characters of a subject


class KeyType(StrEnum):
    """The kinds of public keys that are told apart."""

    RSA = "rsa"
    ECDSA = "ecdsa"
    ED25519 = "ed25519"
    ED448 = "ed448"
    OTHER = "other"


class Certificate(msgspec.Struct, frozen=True):
    """What a certificate says.

    `names` are its DNS names as A-labels in the inside form, wildcards as they stand,
    `addresses` its IP addresses. `subject` and `issuer` are for people. `spki` is the public
    key (SubjectPublicKeyInfo, DER), empty where nobody can read it; `key_bits` is 0 for a key
    of a kind that has one size only. `digest` is the hash of its signature, such as "sha256",
    empty where the signature needs none.
    """

    der: bytes
    subject: str
    issuer: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    key_type: KeyType
    key_bits: int
    spki: bytes
    digest: str
    self_issued: bool
    authority: bool

    def current(self, now: datetime) -> bool:
        """Whether it is in date."""
        return self.not_before <= now <= self.not_after


def read(der: bytes) -> Parsed[Certificate]:
    """Read a certificate. Never raises.

    Without a record: too-large, unreadable. With one: unreadable-names, too-many-names,
    unreadable-key.
    """
    if len(der) > MAX_OCTETS:
        return _broken("too-large", f"the certificate has more than {MAX_OCTETS} octets")
    # cryptography's X.509 part is slow to import, and few runs look at a certificate.
    from cryptography import x509

    try:
        return _read(x509.load_der_x509_certificate(der), der)
    except (ValueError, TypeError, x509.InvalidVersion) as error:
        return _broken("unreadable", f"no certificate: {printable(str(error), 120)}")


def _broken(code: str, message: str) -> Parsed[Certificate]:
    return Parsed(None, (Problem(code, message),))


def _read(given: "x509.Certificate", der: bytes) -> Parsed[Certificate]:
    problems: list[Problem] = []
    names, addresses = _alternative_names(given, problems)
    key_type, bits, spki = _key(given, problems)
    found = Certificate(
        der=der,
        subject=printable(given.subject.rfc4514_string(), _SHOWN),
        issuer=printable(given.issuer.rfc4514_string(), _SHOWN),
        names=names,
        addresses=addresses,
        not_before=given.not_valid_before_utc,
        not_after=given.not_valid_after_utc,
        key_type=key_type,
        key_bits=bits,
        spki=spki,
        digest=_digest(given),
        self_issued=given.subject == given.issuer,
        authority=_is_authority(given),
    )
    return Parsed(found, tuple(problems))


def _alternative_names(
    given: "x509.Certificate", problems: list[Problem]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    from cryptography import x509

    try:
        value = given.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return (), ()
    except _unread() as error:
        shown = printable(str(error), 120)
        problems.append(Problem("unreadable-names", f"its names cannot be read: {shown}"))
        return (), ()
    written = value.get_values_for_type(x509.DNSName)
    if len(written) > MAX_NAMES:
        problems.append(Problem("too-many-names", f"it has {len(written)} names"))
    names = dict.fromkeys(name for text in written[:MAX_NAMES] if (name := _name(text)))
    addresses = value.get_values_for_type(x509.IPAddress)[:MAX_NAMES]
    return tuple(names), tuple(map(str, addresses))


def _name(text: str) -> str:
    """A DNS name in the inside form, the wildcard in front kept; empty if it is none."""
    wildcard = "*." if text.startswith("*.") else ""
    try:
        return wildcard + to_ascii(text.removeprefix(wildcard))
    except BadName:
        return ""


def _key(given: "x509.Certificate", problems: list[Problem]) -> tuple[KeyType, int, bytes]:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        key = given.public_key()
        spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (UnsupportedAlgorithm, ValueError) as error:
        shown = printable(str(error), 120)
        problems.append(Problem("unreadable-key", f"its key cannot be read: {shown}"))
        return KeyType.OTHER, 0, b""
    return _kind(key), getattr(key, "key_size", 0), spki


def _kind(key: Any) -> KeyType:
    from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

    kinds = {
        rsa.RSAPublicKey: KeyType.RSA,
        ec.EllipticCurvePublicKey: KeyType.ECDSA,
        ed25519.Ed25519PublicKey: KeyType.ED25519,
        ed448.Ed448PublicKey: KeyType.ED448,
    }
    return next((word for kind, word in kinds.items() if isinstance(key, kind)), KeyType.OTHER)


def _digest(given: "x509.Certificate") -> str:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        algorithm = given.signature_hash_algorithm
    except (UnsupportedAlgorithm, ValueError):
        return "unknown"
    return algorithm.name if algorithm else ""


def _is_authority(given: "x509.Certificate") -> bool:
    from cryptography import x509

    try:
        return given.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except _unread():
        return False


def _unread() -> tuple[type[Exception], ...]:
    """What one extension raises that is not there, or because any of them cannot be read."""
    from cryptography import x509

    return (
        ValueError,
        TypeError,
        x509.DuplicateExtension,
        x509.ExtensionNotFound,
        x509.UnsupportedGeneralNameType,
    )
