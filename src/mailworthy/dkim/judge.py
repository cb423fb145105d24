"""One signature against one key record (RFC 6376 §6.1.2, §6.1.3)."""

import hashlib
from functools import lru_cache
from typing import Any

import msgspec

from mailworthy.dkim.hashing import Hashing
from mailworthy.dkim.material import Material, load
from mailworthy.dkim.record import DkimKey
from mailworthy.dkim.result import Policy
from mailworthy.dkim.signature import Signature, without_b
from mailworthy.names import printable
from mailworthy.parsed import Parsed

_MAX_EXPONENT = 1 << 33  # a larger one makes verifying as slow as the attacker likes


class Finding(msgspec.Struct, frozen=True):
    """An outcome: its code, words for people, and the key that led to it."""

    code: str
    reason: str
    key: DkimKey | None = None
    header_intact: bool | None = None


def judge(
    hashing: Hashing, index: int, signature: Signature, parsed: Parsed[DkimKey], policy: Policy
) -> Finding:
    """Evaluate the signature at `index` with one record found at its selector."""
    key = parsed.record
    if key is None:
        why = parsed.problems[0].message if parsed.problems else "it cannot be used"
        return Finding("key-syntax", f"the key record is broken: {why}")
    unfit = _unfit(signature, key, policy)
    if unfit is not None:
        return unfit
    return _compute(hashing, index, signature, key)


def _unfit(signature: Signature, key: DkimKey, policy: Policy) -> Finding | None:
    if "*" not in key.s and policy.service not in key.s:
        return Finding("service-differs", f"the key is not for {policy.service} (s=)", key)
    if not key.allows(signature.hash_name):
        return Finding("hash-not-allowed", f"the key does not allow {signature.hash_name}", key)
    if key.revoked:
        return Finding("key-revoked", "the key has been revoked (empty p=)", key)
    if key.k != signature.key_type:
        shown = printable(key.k, 20)
        return Finding("key-type-differs", f"the key is {shown}, a= is {signature.a}", key)
    if key.strict and signature.i_domain != signature.d:
        return Finding("identity-not-exact", "t=s in the key: i= must be in d= itself", key)
    return _size(key, policy) if key.k == "rsa" else None


def _size(key: DkimKey, policy: Policy) -> Finding | None:
    if key.bits < policy.min_bits:
        text = f"the key has {key.bits} bits, at least {policy.min_bits} are needed"
        return Finding("key-too-small", text, key)
    if key.bits > policy.max_bits:
        text = f"the key has {key.bits} bits, more than {policy.max_bits} are not tried"
        return Finding("key-too-large", text, key)
    if key.exponent < 3 or key.exponent % 2 == 0 or key.exponent > _MAX_EXPONENT:
        return Finding("key-unsafe", "the public exponent of the key is not safe", key)
    return None


def _compute(hashing: Hashing, index: int, signature: Signature, key: DkimKey) -> Finding:
    whole = hashing.body(signature.body)
    if signature.l is not None and signature.l > len(whole):
        text = f"l={printable(str(signature.l), 20)}, but the body has {len(whole)} octets"
        return Finding("length-beyond-body", text, key)
    intact = is_signed(key, signature.b, _digest(hashing, index, signature))
    if not is_body(hashing, signature):
        rest = "the signed header fields were not" if intact else "or more than that"
        return Finding("body-changed", f"the body was changed, {rest}", key, intact)
    if not intact:
        text = "the signature is wrong: header fields were changed, or the key is another"
        return Finding("signature-wrong", text, key, False)
    return Finding("good", "good signature", key, True)


def is_body(hashing: Hashing, signature: Signature) -> bool:
    """Whether this is the body that was signed; so it is where none was (RFC 8617 §4.1.3)."""
    return not signature.bh or hashing.body_hash(signature.body, signature.l) == signature.bh


def _digest(hashing: Hashing, index: int, signature: Signature) -> bytes:
    """The hash of the header, once for all keys that are tried."""
    if index not in hashing.headers:
        own = without_b(hashing.message.lines[index])
        data = hashing.header(signature.h, own, signature.header, skip=index)
        hashing.headers[index] = hashlib.sha256(data).digest()
    return hashing.headers[index]


def is_signed(key: DkimKey, signature: bytes, digest: bytes) -> bool:
    """Whether a key made this signature of a SHA-256 (RFC 6376 §3.3.2, RFC 8463 §3)."""
    from cryptography.exceptions import InvalidSignature

    public = _public(key.k, key.p)
    try:
        if key.k == "rsa":
            public.verify(signature, digest, *rsa_sha256())
        else:
            public.verify(signature, digest)
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)
def _public(k: str, p: str) -> Any:
    found = load(k, p)
    assert isinstance(found, Material)  # the record was read, so that its key can be
    return found.key


@lru_cache(maxsize=1)
def rsa_sha256() -> tuple[Any, Any]:
    """Padding and hash of rsa-sha256, for digests."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
    from cryptography.hazmat.primitives.hashes import SHA256

    return PKCS1v15(), Prehashed(SHA256())
