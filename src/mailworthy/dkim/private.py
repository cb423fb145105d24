"""Private keys as they come: PEM, or the base64 of an Ed25519 seed."""

import base64
import binascii
from typing import TYPE_CHECKING

from mailworthy.dkim.material import ED25519_OCTETS

if TYPE_CHECKING:
    from mailworthy.dkim.material import PrivateKey


def private_key(data: bytes) -> "PrivateKey | None":
    """The key in PEM, or in base64 text (32 octets of seed, or 64 with the public key).

    None for anything else: another type of key, one with a passphrase, no key at all.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if b"-----BEGIN" in data:
        return _pem(data)
    try:
        octets = base64.b64decode(data.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(octets) not in (ED25519_OCTETS, 2 * ED25519_OCTETS):
        return None
    return Ed25519PrivateKey.from_private_bytes(octets[:ED25519_OCTETS])


def _pem(data: bytes) -> "PrivateKey | None":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(data, None)
    except (ValueError, TypeError, ArithmeticError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPrivateKey | Ed25519PrivateKey) else None
