"""The key inside a DKIM `p=` tag: base64, DER and raw octets (RFC 6376 §3.6.1, RFC 8463 §4.2)."""

import binascii
import re
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

import msgspec

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

    PublicKey: TypeAlias = RSAPublicKey | Ed25519PublicKey
    PrivateKey: TypeAlias = RSAPrivateKey | Ed25519PrivateKey

MAX_BITS = 16384
MAX_BASE64 = 4096  # characters; a key of MAX_BITS needs 2784
ED25519_OCTETS = 32
_SPKI_ED25519 = bytes.fromhex("302a300506032b6570032100")  # RFC 8410 §4
# Points that make signatures for everybody, by their y, in every encoding (RFC 8032 §5.1.7, §8).
_FIELD = 2**255 - 19
_Y_ORDER_8 = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
_SMALL_ORDER = frozenset({0, 1, _Y_ORDER_8, _FIELD - _Y_ORDER_8, _FIELD - 1, _FIELD, _FIELD + 1})
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_PRIVATE_WORDS = re.compile(r"PRIVATE\s{0,8}KEY")


class Form(StrEnum):
    """How the octets in p= are packed."""

    SPKI = "SubjectPublicKeyInfo"  # what openssl writes and the world publishes
    PKCS1 = "RSAPublicKey"  # what RFC 6376 §3.6.1 asks for
    RAW = "raw"  # 32 octets of an Ed25519 key
    NONE = "none"  # revoked, or of a key type we do not know


class Fault(msgspec.Struct, frozen=True):
    """Why there is no key: a problem code and words for people."""

    code: str
    message: str


class Material(msgspec.Struct, frozen=True):
    """A readable public key; `exponent` is 0 where there is none."""

    form: Form
    bits: int
    exponent: int
    key: "PublicKey"


def load(k: str, p: str) -> Material | Fault:
    """The key in `p`, base64 without white space, of type `k` ("rsa" or "ed25519").

    Fault codes: private-key-published, key-too-large, bad-base64, ed25519-wrapped, bad-key.
    """
    if is_private(p):
        return Fault("private-key-published", "this is a private key: replace it now")
    if len(p) > MAX_BASE64:
        return Fault("key-too-large", f"p= has more than {MAX_BASE64} characters")
    return _load(k, p)


@lru_cache(maxsize=1024)
def _load(k: str, p: str) -> Material | Fault:
    octets = decode(p)
    if octets is None:
        return Fault("bad-base64", _base64_fault(p))
    return _ed25519(octets) if k == "ed25519" else _rsa(octets)


def decode(p: str) -> bytes | None:
    """The octets of base64 text without white space; None if it is not exactly that."""
    if not _BASE64.fullmatch(p):
        return None
    try:
        return binascii.a2b_base64(p, strict_mode=True) if p else b""
    except binascii.Error:
        return None


def _base64_fault(p: str) -> str:
    if "-----" in p:
        return "p= holds the BEGIN or END line of a PEM file"
    if '"' in p:
        return "p= holds quotation marks from a zone file"
    if _BASE64.fullmatch(p):
        return "p= is cut short or has lost its padding"
    return "p= is not base64"


def is_private(text: str) -> bool:
    """Whether a text is, or begins as, a private key: PEM words, PKCS#1 or PKCS#8."""
    if _PRIVATE_WORDS.search(text):
        return True
    head = decode(text[:24])
    # Both structures begin with a version number; no public one begins with such an INTEGER.
    return head is not None and _first_element(head)[:3] in (b"\x02\x01\x00", b"\x02\x01\x01")


def _first_element(der: bytes) -> bytes:
    """What stands inside an outer DER SEQUENCE, or nothing."""
    if len(der) < 2 or der[0] != 0x30:
        return b""
    return der[2 + (der[1] & 0x7F if der[1] & 0x80 else 0) :]


def _rsa(octets: bytes) -> Material | Fault:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    if len(octets) == ED25519_OCTETS:
        return Fault("bad-key", "p= is as long as an Ed25519 key, but k=ed25519 is missing")
    try:
        key = load_der_public_key(octets)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return Fault("bad-key", "p= is not an RSA public key")
    if not isinstance(key, RSAPublicKey):
        return Fault("bad-key", "p= is a public key of another type than RSA")
    if key.key_size > MAX_BITS:
        return Fault("key-too-large", f"the key has {key.key_size} bits")
    form = Form.PKCS1 if _first_element(octets)[:1] == b"\x02" else Form.SPKI
    return Material(form, key.key_size, key.public_numbers().e, key)


def _ed25519(octets: bytes) -> Material | Fault:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if len(octets) == len(_SPKI_ED25519) + ED25519_OCTETS and octets.startswith(_SPKI_ED25519):
        raw = binascii.b2a_base64(octets[len(_SPKI_ED25519) :], newline=False).decode()
        return Fault("ed25519-wrapped", f"p= must be the bare 32 octets: p={raw}")
    if len(octets) != ED25519_OCTETS:
        return Fault("bad-key", f"an Ed25519 key has 32 octets, this has {len(octets)}")
    if int.from_bytes(octets, "little") & ~(1 << 255) in _SMALL_ORDER:
        return Fault("bad-key", "p= is no key of anybody: everybody can sign with it")
    try:
        key = Ed25519PublicKey.from_public_bytes(octets)
    except (ValueError, UnsupportedAlgorithm):
        return Fault("bad-key", "p= is not an Ed25519 public key")
    return Material(Form.RAW, 256, 0, key)


def public_text(private_key: "PrivateKey") -> tuple[str, str]:
    """The k= and p= to publish for a private key.

    RSA is written as SubjectPublicKeyInfo, which every verifier reads, Ed25519 as its 32 octets
    (RFC 8463 §4.2).
    """
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = private_key.public_key()
    if isinstance(private_key, RSAPrivateKey):
        octets = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return "rsa", binascii.b2a_base64(octets, newline=False).decode()
    octets = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return "ed25519", binascii.b2a_base64(octets, newline=False).decode()
