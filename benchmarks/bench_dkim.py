"""DKIM: messages a second beside dkimpy, and beside what OpenSSL alone needs for the key operation.

    python benchmarks/bench_dkim.py [--smoke]

One core, one process, DNS in memory. We keep parsed key records and loaded keys between messages,
as a server does; dkimpy keeps nothing. Every figure is the best of several runs of each.
"""

import argparse
import base64
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import dkim as dkimpy
from mailworthy import dkim
from mailworthy.dkim import canonical, engine
from mailworthy.dkim.canonical import Canonicalization
from mailworthy.dkim.hashing import Hashing
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.message.header import read
from table import show

NOW = datetime.now(UTC)
HEAD = ("", "mailworthy /s", "dkimpy /s", "times", "OpenSSL /s", "of OpenSSL", "MB/s")
HEADER = b"""\
Received: from mail.example.com (mail.example.com [192.0.2.25])
 by mx.example.net with ESMTPS id 4XyZ; Mon, 23 Nov 2026 12:00:00 +0000
From: Joe SixPack <joe@example.com>
To: Suzie Q <suzie@example.net>
Subject: Minutes of the meeting about the meeting
Date: Mon, 23 Nov 2026 12:00:00 +0000
Message-ID: <20261123120000.4XyZ@mail.example.com>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

""".replace(b"\n", b"\r\n")
WORDS = b"the quick brown fox jumps over a lazy dog while nobody looks at all".split()


class Size(msgspec.Struct, frozen=True):
    """Seconds for each figure, and how often it is taken."""

    seconds: float
    rounds: int


FULL, SMOKE = Size(0.5, 4), Size(0.01, 1)


def rate(work: Callable[[], Any], size: Size) -> float:
    """How often a second, at best."""
    work()
    best = 0.0
    for _ in range(size.rounds):
        count, start = 0, time.perf_counter()
        while (spent := time.perf_counter() - start) < size.seconds:
            work()
            count += 1
        best = max(best, count / spent)
    return best


def text(octets: int, *, spaces: bool) -> bytes:
    """Prose in lines of some seventy characters; with runs of spaces in it where asked."""
    dice = random.Random(6376)
    lines, size = [], 0
    while size < octets:
        gaps = [b" " * (dice.choice((1, 1, 2, 3)) if spaces else 1) for _ in range(12)]
        line = b"".join(dice.choice(WORDS) + gap for gap in gaps)
        lines.append(line if spaces else line.rstrip())
        size += len(lines[-1]) + 2
    return b"\r\n".join(lines)[:octets] + b"\r\n"


def attachment(octets: int) -> bytes:
    """What most large messages are made of."""
    data = base64.b64encode(random.Random(6376).randbytes(octets * 3 // 4))
    return b"\r\n".join(data[i : i + 76] for i in range(0, len(data), 76)) + b"\r\n"


class Key(msgspec.Struct, frozen=True):
    """A key as each side wants it."""

    selector: str
    private: Any
    theirs: bytes
    algorithm: bytes
    record: str


def keys() -> dict[str, Key]:
    """One RSA key of 2048 bits, one Ed25519 key."""
    big, small = rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()
    pem = big.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    seed = small.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return {
        "RSA-2048": Key("r", big, pem, b"rsa-sha256", _record(big)),
        "Ed25519": Key("e", small, base64.b64encode(seed), b"ed25519-sha256", _record(small)),
    }


def _record(key: Any) -> str:
    k, p = dkim.public_text(key)
    return f"v=DKIM1; k={k}; p={p}"


def memory(key: Key) -> Memory:
    """A zone with one key in it."""
    parts = " ".join(f'"{key.record[i : i + 200]}"' for i in range(0, len(key.record), 200))
    return Memory.from_zone(f"{key.selector}._domainkey.example.com. 60 IN TXT {parts}\n")


def sign_row(name: str, key: Key, message: bytes, size: Size) -> tuple[str, ...]:
    """Signing, relaxed/relaxed."""
    signer = dkim.signer("example.com", [(key.selector, key.private)])
    ours = rate(lambda: signer.sign(message, now=NOW), size)
    theirs = rate(lambda: _sign_theirs(message, key), size)
    rsa_key = key.algorithm == b"rsa-sha256"
    options = (PKCS1v15(), SHA256()) if rsa_key else ()
    return _row(name, ours, theirs, rate(lambda: key.private.sign(b"x" * 32, *options), size))


def _sign_theirs(message: bytes, key: Key) -> bytes:
    field: bytes = dkimpy.sign(
        message,
        key.selector.encode(),
        b"example.com",
        key.theirs,
        canonicalize=(b"relaxed", b"relaxed"),
        signature_algorithm=key.algorithm,
    )
    return field


def verify_row(name: str, key: Key, message: bytes, size: Size) -> tuple[str, ...]:
    """Verifying what we signed."""
    signer = dkim.signer("example.com", [(key.selector, key.private)])
    signed, resolver = signer.sign(message, now=NOW), memory(key)
    record = key.record.encode()
    assert drive(engine.verify(signed, now=NOW), resolver).passed
    assert dkimpy.verify(signed, dnsfunc=lambda name, timeout=5: record)
    ours = rate(lambda: drive(engine.verify(signed, now=NOW), resolver), size)
    theirs = rate(lambda: dkimpy.verify(signed, dnsfunc=lambda name, timeout=5: record), size)
    rsa_key = key.algorithm == b"rsa-sha256"
    options = (PKCS1v15(), SHA256()) if rsa_key else ()
    value, public = key.private.sign(b"x" * 32, *options), key.private.public_key()
    limit = rate(lambda: public.verify(value, b"x" * 32, *options), size)
    return _row(name, ours, theirs, limit, len(signed))


def hash_row(name: str, body: bytes, size: Size) -> tuple[str, ...]:
    """The body alone: canonical and hashed."""
    message = read(HEADER + body)
    ours = rate(lambda: Hashing(message).body_hash(Canonicalization.RELAXED), size)
    peer = dkimpy.canonicalization.Relaxed.canonicalize_body
    assert canonical.body(message.body, Canonicalization.RELAXED) == peer(message.body)
    digest = dkimpy.crypto.hashlib.sha256
    theirs = rate(lambda: digest(peer(message.body)).digest(), size)
    return _row(name, ours, theirs, rate(lambda: digest(body).digest(), size), len(body))


def _row(name: str, ours: float, theirs: float, limit: float, octets: int = 0) -> tuple[str, ...]:
    speed = f"{ours * octets / 1e6:,.0f}" if octets > 100_000 else ""
    share = f"{ours / limit:.0%}"
    return (
        name,
        f"{ours:,.0f}",
        f"{theirs:,.0f}",
        f"{ours / theirs:.1f}",
        f"{limit:,.0f}",
        share,
        speed,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="only show that it runs")
    size = SMOKE if parser.parse_args().smoke else FULL
    small = HEADER + text(5000 - len(HEADER), spaces=False)
    spaced, encoded = text(1_000_000, spaces=True), attachment(1_000_000)
    rows = []
    for kind, key in keys().items():
        rows.append(verify_row(f"verify, {kind}, 5 KB", key, small, size))
        rows.append(sign_row(f"sign, {kind}, 5 KB", key, small, size))
    big = keys()["RSA-2048"]
    rows.append(verify_row("verify, RSA-2048, 1 MB of spaced text", big, HEADER + spaced, size))
    rows.append(verify_row("verify, RSA-2048, 1 MB of base64", big, HEADER + encoded, size))
    rows.append(hash_row("hash a body, 1 MB of spaced text", spaced, size))
    rows.append(hash_row("hash a body, 1 MB of base64", encoded, size))
    show("DKIM, relaxed/relaxed, one core", HEAD, rows)
    print("\n  OpenSSL: the key operation alone; for bodies, SHA-256 alone.")


if __name__ == "__main__":
    main()
