"""DS and DNSKEY records (RFC 4034 §2, §5): the link between a zone and its parent."""

import base64
import struct
from typing import TYPE_CHECKING

import msgspec

from mailworthy.parsed import Parsed, Problem
from mailworthy.rdata.fields import Reader

if TYPE_CHECKING:
    from dns.rdtypes.ANY.DNSKEY import DNSKEY

DIGEST_OCTETS = {1: 20, 2: 32, 3: 32, 4: 48}  # RFC 4034, 4509, 5933, 6605
WEAK_DIGESTS = frozenset({0, 1, 3})  # RFC 8624 §3.3: never for a new DS record
WEAK_ALGORITHMS = frozenset({1, 3, 5, 6, 7, 12})  # RFC 8624 §3.1: not for signing
_ZONE, _SEP, _REVOKE = 0x0100, 0x0001, 0x0080


class Ds(msgspec.Struct, frozen=True):
    """What a parent says about a key of its child."""

    key_tag: int
    algorithm: int
    digest_type: int
    digest: bytes


class Dnskey(msgspec.Struct, frozen=True):
    """A zone's public key."""

    flags: int
    protocol: int
    algorithm: int
    key: bytes

    @property
    def is_zone_key(self) -> bool:
        """Whether it may sign a zone: the zone flag, protocol 3, not revoked (RFC 5011 §2.1)."""
        return bool(self.flags & _ZONE) and self.protocol == 3 and not self.flags & _REVOKE

    @property
    def is_sep(self) -> bool:
        """Whether it is marked as a secure entry point (RFC 4034 §2.1.1)."""
        return bool(self.flags & _SEP)

    @property
    def key_tag(self) -> int:
        """The number that DS and RRSIG records name it by (RFC 4034 appendix B)."""
        return int(_rdata(self).key_id())


def _rdata(key: Dnskey) -> "DNSKEY":
    # dnspython costs more to import than everything else here, and most runs need no DNSSEC.
    import dns.rdata
    import dns.rdtypes.ANY.DNSKEY

    wire = struct.pack("!HBB", key.flags, key.protocol, key.algorithm) + key.key
    rdata = dns.rdata.from_wire("IN", "DNSKEY", wire, 0, len(wire))
    assert isinstance(rdata, dns.rdtypes.ANY.DNSKEY.DNSKEY)
    return rdata


def parse_ds(text: str) -> Parsed[Ds]:
    """Read `60485 13 2 2BB183AF…`.

    Remarks: `digest-length`, `unknown-digest`, `weak-digest`, `weak-algorithm`.
    """
    read = Reader(text)
    ds = Ds(
        read.number("key tag", 65535),
        read.number("algorithm", 255),
        read.number("digest type", 255),
        read.hex("digest"),
    )
    return read.done(ds, *_ds_remarks(ds, read))


def _ds_remarks(ds: Ds, read: Reader) -> list[Problem]:
    span, found = read.span(), []
    expected = DIGEST_OCTETS.get(ds.digest_type)
    if ds.digest_type in WEAK_DIGESTS:
        found.append(("weak-digest", f"digest type {ds.digest_type} must not be used any more"))
    elif expected is None:
        found.append(("unknown-digest", f"digest type {ds.digest_type} is unknown"))
    if expected is not None and len(ds.digest) != expected:
        found.append(("digest-length", f"the digest has {len(ds.digest)} octets, not {expected}"))
    if ds.algorithm in WEAK_ALGORITHMS:
        found.append(_weak_algorithm(ds.algorithm))
    return [Problem(code, message, span.start, span.end) for code, message in found]


def _weak_algorithm(number: int) -> tuple[str, str]:
    return "weak-algorithm", f"algorithm {number} must not be used any more"


def parse_dnskey(text: str) -> Parsed[Dnskey]:
    """Read `257 3 13 mdsswUyr3DPW132m…`.

    Remarks: `bad-protocol` (it is always 3), `weak-algorithm`.
    """
    read = Reader(text)
    key = Dnskey(
        read.number("flags", 65535),
        read.number("protocol", 255),
        read.number("algorithm", 255),
        read.base64("key"),
    )
    span, found = read.span(), []
    if key.protocol != 3:
        found.append(("bad-protocol", f"the protocol is 3, not {key.protocol}"))
    if key.algorithm in WEAK_ALGORITHMS:
        found.append(_weak_algorithm(key.algorithm))
    return read.done(key, *(Problem(code, msg, span.start, span.end) for code, msg in found))


def render_ds(ds: Ds) -> str:
    """Presentation text, the digest in lower-case hexadecimal digits."""
    return f"{ds.key_tag} {ds.algorithm} {ds.digest_type} {ds.digest.hex()}"


def render_dnskey(key: Dnskey) -> str:
    """Presentation text, the key as one run of base64."""
    encoded = base64.b64encode(key.key).decode("ascii")
    return f"{key.flags} {key.protocol} {key.algorithm} {encoded}"


def matches(ds: Ds, dnskey: Dnskey, owner: str) -> bool:
    """Whether `ds` vouches for this key of the zone `owner` (RFC 4034 §5.2, RFC 4035 §5).

    False also for a key that may not sign a zone and for a digest type nobody can compute.
    """
    if not dnskey.is_zone_key or ds.algorithm != dnskey.algorithm:
        return False
    return ds.key_tag == dnskey.key_tag and ds.digest == _digest(dnskey, owner, ds.digest_type)


def delegation(dnskey: Dnskey, owner: str) -> Ds | None:
    """The DS record that a parent should have for this key of the zone `owner`: a SHA-256
    digest (RFC 8624 §3.3). None for a key or an owner that cannot have one."""
    digest = _digest(dnskey, owner, 2)
    return Ds(dnskey.key_tag, dnskey.algorithm, 2, digest) if digest else None


def _digest(dnskey: Dnskey, owner: str, digest_type: int) -> bytes | None:
    import dns.dnssec
    import dns.dnssectypes
    import dns.exception
    import dns.name

    try:
        name = dns.name.from_text(owner)
        made = dns.dnssec.make_ds(
            name, _rdata(dnskey), dns.dnssectypes.DSDigest.make(digest_type), validating=True
        )
    except (dns.exception.DNSException, ValueError):
        return None  # a digest type that dnspython cannot compute, or no name at all
    return bytes(made.digest)
