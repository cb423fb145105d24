"""Chains with any tags, good or bad, and the keys that belong to them."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from mailworthy import arc, dkim
from mailworthy.arc.result import POLICY, ArcResult
from mailworthy.arc.sealer import Sealed
from mailworthy.arc.sets import read_chain
from mailworthy.dkim.canonical import Canonicalization
from mailworthy.dkim.hashing import Hashing
from mailworthy.dkim.result import Policy
from mailworthy.dkim.signing import SigningKey
from mailworthy.lookup.memory import Memory
from mailworthy.message.authresmodel import MethodResult, Property
from mailworthy.message.header import read

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
T = int(NOW.timestamp())
RSA = rsa.generate_private_key(65537, 1024)
OTHER = rsa.generate_private_key(65537, 1024)
MESSAGE = (
    b"Received: from a by b\r\nFrom: Joe <joe@example.com>\r\nTo: list@example.net\r\n"
    b"Subject: Hello\r\n there\r\n\r\nHi  there.\r\n"
)
RESULTS = (MethodResult("spf", "pass", properties=(Property("smtp", "mailfrom", "a@b.example"),)),)
RELAXED = Canonicalization.RELAXED
SOA = "example.com. 60 IN SOA ns.example.com. root.example.com. 1 1 1 1 60\n"
Tags = Mapping[str, str | None]


def record(key: Any = RSA, tags: str = "") -> str:
    k, p = dkim.public_text(key)
    return f"v=DKIM1; k={k};{tags} p={p}"


def zone(**records: str) -> Memory:
    """The text at each of these selectors of example.com."""
    lines = [
        f"{selector}._domainkey.example.com. 60 IN TXT "
        + " ".join(f'"{text[i : i + 200]}"' for i in range(0, len(text), 200))
        for selector, text in records.items()
    ]
    return Memory.from_zone(SOA + "\n".join(lines) + "\n")


KEYS = zone(sel=record(), other=record(OTHER), t=record(tags=" t=y;"))


def written(name: str, tags: Tags, usual: Tags) -> str:
    """A field of these tags, b= last and empty."""
    wanted = {k: v for k, v in {**tags, **usual, **tags}.items() if v is not None and k != "b"}
    return f"{name}:" + "".join(f" {k}={v};" for k, v in wanted.items()) + " b="


def ended(own: bytes, data: bytes, tags: Tags, key: Any) -> bytes:
    value = tags.get("b", base64.b64encode(SigningKey("x", key).sign(data)).decode())
    return own.removesuffix(b" b=") if value is None else own + value.encode()


def forge(
    message: bytes = MESSAGE,
    *,
    i: int | None = None,
    ams: Tags | None = None,
    seal: Tags | None = None,
    results: str = " i={}; mx.example.com; spf=pass smtp.mailfrom=joe@example.com",
    key: Any = RSA,
) -> bytes:
    """One set more on top, with these tags in place of good ones; None leaves a tag out."""
    ams, seal = ams or {}, seal or {}
    hashing = Hashing(read(message))
    chain = read_chain(hashing.message)
    instance = i if i is not None else (chain.highest + 1 if chain else 1)
    usual: dict[str, str | None] = {
        "i": str(instance),
        "a": "rsa-sha256",
        "d": "example.com",
        "s": "sel",
        "t": str(T),
    }
    digest = base64.b64encode(hashing.body_hash(RELAXED)).decode()
    more = {**usual, "c": "relaxed/relaxed", "h": "From:To:Subject", "bh": digest}
    aar = f"ARC-Authentication-Results:{results.format(instance)}".encode()
    own = written("ARC-Message-Signature", ams, more).encode()
    names = [n.strip().lower().encode() for n in (ams.get("h", "From:To:Subject") or "").split(":")]
    there = Hashing(read(aar + b"\r\n" + message))
    signature = ended(own, there.header([n for n in names if n], own, RELAXED), ams, key)
    status = {**usual, "cv": "pass" if instance > 1 else "none"}
    own = written("ARC-Seal", seal, status).encode()
    before = [
        hashing.field(place, RELAXED) for s in (chain.sets if chain else ()) for place in s.places
    ]
    new = [hashing.apart(line, RELAXED) for line in (aar, signature, own)]
    top = ended(own, b"\r\n".join([*before, *new]), seal, key)
    return b"\r\n".join([top, signature, aar, message])


def check(message: bytes, keys: Any = KEYS, policy: Policy = POLICY) -> ArcResult:
    return arc.verify(message, resolver=keys, now=NOW, policy=policy)


def attempt(message: bytes, verified: ArcResult | str, **options: Any) -> Sealed:
    """Our sealing, with these options in place of usual ones."""
    usual = {"domain": "example.com", "selector": "sel", "key": RSA, "authserv_id": "mx"}
    given = {**usual, "results": RESULTS, "now": NOW, **options}
    return arc.sealed(message, verified=verified, **given)


def sealed(message: bytes = MESSAGE, times: int = 1) -> bytes:
    """A message with so many sets of ours."""
    for _ in range(times):
        message = attempt(message, check(message)).message
    return message
