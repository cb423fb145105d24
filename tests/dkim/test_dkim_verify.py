"""Verification of DKIM signatures: the RFCs' vectors, every outcome, and laws for any bytes."""

import asyncio
import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from mailworthy import dkim
from mailworthy.dkim import engine
from mailworthy.dkim.canonical import Canonicalization
from mailworthy.dkim.hashing import Hashing
from mailworthy.dkim.result import OUTCOMES, DkimResults, DkimSignature, Length, Policy, Result
from mailworthy.dkim.signature import MAX_OCTETS, parse, without_b
from mailworthy.dkim.signing import SigningKey
from mailworthy.errors import UsageError
from mailworthy.lookup.drive import drive
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Question, Status, Why, failed
from mailworthy.message.header import read

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
T = int(NOW.timestamp())
RSA = rsa.generate_private_key(65537, 1024)
OTHER = rsa.generate_private_key(65537, 1024)
ED = ed25519.Ed25519PrivateKey.generate()
P = dkim.public_text(RSA)[1]
MESSAGE = (
    b"Received: from a by b\r\nFrom: Joe <joe@example.com>\r\nTo: sue@example.net\r\n"
    b"Subject: Hello\r\n there\r\n\r\nHi  there.\r\n"
)
USUAL: dict[str, str | None] = {
    "v": "1",
    "a": "rsa-sha256",
    "c": "relaxed/relaxed",
    "d": "example.com",
    "s": "sel",
    "h": "From:To:Subject",
}


SOA = "example.com. 60 IN SOA ns.example.com. root.example.com. 1 1 1 1 60\n"


def txt(value: str) -> str:
    return " ".join(f'"{value[i : i + 200]}"' for i in range(0, len(value), 200))


def zone(*records: str, name: str = "sel._domainkey.example.com") -> str:
    return "".join(f"{name}. 60 IN TXT {txt(record)}\n" for record in records)


def forge(message: bytes = MESSAGE, key: Any = RSA, **tags: str | None) -> bytes:
    """A message signed with exactly these tags; those that are None are left out."""
    wanted = {k: v for k, v in (USUAL | tags).items() if v is not None}
    header, _, body = wanted.get("c", "simple").partition("/")
    hashing = Hashing(read(message))
    known = {word.value: word for word in Canonicalization}
    algorithms = [known.get(word, Canonicalization.SIMPLE) for word in (header, body)]
    length = wanted.get("l", "")
    digest = hashing.body_hash(algorithms[1], min(int(length), 99) if length.isdigit() else None)
    if "bh" not in tags:
        wanted["bh"] = base64.b64encode(digest).decode()
    text = ";".join(f" {k}={v}" for k, v in wanted.items() if k != "b")
    own = f"DKIM-Signature:{text}; b=".encode()
    names = [name.strip().lower().encode() for name in wanted.get("h", "").split(":")]
    value = base64.b64encode(SigningKey("x", key).sign(hashing.header(names, own, algorithms[0])))
    given_b = wanted.get("b")
    tail = value.decode() if "b" not in tags else given_b
    return (own[:-4] if tail is None else own + tail.encode()) + b"\r\n" + message


def check(
    message: bytes,
    records: str = f"v=DKIM1; p={P}",
    policy: Policy = Policy(),  # noqa: B008 - frozen
) -> DkimSignature:
    memory = Memory.from_zone(SOA + zone(records))
    return drive(engine.verify(message, now=NOW, policy=policy), memory).signatures[0]


# The vectors. Folding and spaces are those that were signed: the printed RFC 6376 has one space
# less before each folded line and one more after a full stop.

FOOTBALL = b"""\
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game. Are you hungry yet?

Joe.
"""
RFC6376_A2 = (
    b"""\
DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
      c=simple/simple; q=dns/txt; i=joe@football.example.com;
      h=Received : From : To : Subject : Date : Message-ID;
      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
      4bmp/YzhwvcubU4=;
Received: from client1.football.example.com  [192.0.2.1]
      by submitserver.example.com with SUBMISSION;
      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
"""
    + FOOTBALL
)
RFC8463_A3 = (
    b"""\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
"""
    + FOOTBALL
)
VECTOR_ZONE = (
    zone(
        "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/z"
        "YtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH"
        "4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB",
        name="brisbane._domainkey.example.com",
    )
    + zone(
        "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        name="brisbane._domainkey.football.example.com",
    )
    + zone(
        "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5q"
        "hdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4h"
        "stT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
        name="test._domainkey.football.example.com",
    )
)
VECTORS = Memory.from_zone(VECTOR_ZONE)


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (RFC6376_A2, [("example.com", "brisbane", "joe@football.example.com")]),
        (
            RFC8463_A3,
            [
                ("football.example.com", "brisbane", "@football.example.com"),
                ("football.example.com", "test", "@football.example.com"),
            ],
        ),
    ],
)
def test_vectors_of_the_rfcs(message: bytes, found: list[tuple[str, str, str]]) -> None:
    for data in (message, message.replace(b"\n", b"\r\n")):
        results = dkim.verify(data, resolver=VECTORS, now=NOW)
        assert [(s.domain, s.selector, s.identity) for s in results.signatures] == found
        assert all(s.result is Result.PASS and s.counts for s in results.signatures)
        changed = dkim.verify(data.replace(b"hungry", b"hungrY"), resolver=VECTORS, now=NOW)
        assert [s.code for s in changed.signatures] == ["body-changed"] * len(found)
        changed = dkim.verify(data.replace(b"dinner", b"supper"), resolver=VECTORS, now=NOW)
        assert [s.code for s in changed.signatures] == ["signature-wrong"] * len(found)


TAGS: list[tuple[str, dict[str, str | None]]] = [
    ("good", {}),
    ("good", {"v": "1", "c": None}),
    ("good", {"c": "simple"}),
    ("good", {"c": "relaxed"}),
    ("good", {"c": "simple/relaxed"}),
    ("unknown-canonicalization", {"c": "relaxed/strict"}),
    ("unknown-canonicalization", {"c": "Relaxed/relaxed"}),
    ("unknown-canonicalization", {"c": ""}),
    *[
        ("missing-tag", dict[str, str | None]({tag: None}))
        for tag in ("v", "a", "b", "bh", "d", "h", "s")
    ],
    ("bad-version", {"v": "2"}),
    ("bad-version", {"v": "1.0"}),
    ("unknown-algorithm", {"a": "rsa-sha512"}),
    ("unknown-algorithm", {"a": "RSA-SHA256"}),
    ("unknown-algorithm", {"a": ""}),
    ("sha1", {"a": "rsa-sha1"}),
    ("key-type-differs", {"a": "ed25519-sha256"}),
    ("good", {"q": "dns/txt"}),
    ("good", {"q": "http/well-known : dns/txt"}),
    ("unknown-query", {"q": "http/well-known"}),
    ("unknown-query", {"q": ""}),
    ("bad-base64", {"b": "????"}),
    ("bad-base64", {"b": "abc"}),
    ("bad-base64", {"b": ""}),
    ("bad-base64", {"bh": "=AAA"}),
    ("body-changed", {"bh": "AAAA"}),
    ("signature-wrong", {"b": "AAAA"}),
    ("from-not-signed", {"h": "To:Subject"}),
    ("bad-h", {"h": "From::To"}),
    ("bad-h", {"h": "From:To:"}),
    ("bad-h", {"h": ""}),
    ("bad-h", {"h": "From:T o"}),
    ("bad-h", {"h": "From:\u212aeywords"}),
    ("too-many-names", {"h": "From" + ":a" * 1000}),
    ("good", {"h": "fROM : tO"}),
    ("good", {"h": "From:From:Absent:Absent"}),
    ("good", {"i": "@example.com"}),
    ("good", {"i": "joe@mail.EXAMPLE.com"}),
    ("good", {"i": "j=6Fe@example.com"}),
    ("identity-mismatch", {"i": "@example.net"}),
    ("identity-mismatch", {"i": "@notexample.com"}),
    ("identity-mismatch", {"i": "joe@com"}),
    ("bad-identity", {"i": "example.com"}),
    ("bad-identity", {"i": "joe@"}),
    ("bad-identity", {"i": ""}),
    ("good", {"t": f"{T}"}),
    ("good", {"t": f"{T + 3600}"}),
    ("from-the-future", {"t": f"{T + 3601}"}),
    ("from-the-future", {"t": "9" * 70}),
    ("bad-number", {"t": "soon"}),
    ("bad-number", {"t": "-1"}),
    ("bad-number", {"t": "\u0663"}),
    ("bad-number", {"t": ""}),
    ("bad-number", {"t": "9" * 77}),
    ("good", {"x": f"{T + 1}"}),
    ("good", {"x": f"{T - 3600}"}),
    ("good", {"x": "9" * 70}),
    ("expired", {"x": f"{T - 3601}"}),
    ("bad-times", {"t": f"{T}", "x": f"{T}"}),
    ("bad-domain", {"d": "com"}),
    ("bad-domain", {"d": "example.com."}),
    ("bad-domain", {"d": "exa mple.com"}),
    ("bad-domain", {"d": 'example.com"'}),
    ("bad-domain", {"d": "example.com(x)"}),
    ("bad-domain", {"d": "example..com"}),
    ("bad-domain", {"d": ""}),
    ("bad-domain", {"d": "a." * 200 + "com"}),
    ("good", {"d": "EXAMPLE.com"}),
    ("bad-selector", {"s": ""}),
    ("bad-selector", {"s": "sel\\.x"}),
    ("bad-selector", {"s": "sel/x"}),
    ("no-key", {"s": "other"}),
    ("key-name-impossible", {"s": ".".join(["x" * 60] * 4)}),
    ("bad-character", {"z": "a\0b"}),
    ("bad-character", {"z": "a\rb"}),
    ("bad-character", {"z": "a\x1bb"}),
    ("bad-character", {"z": "a\u202eb"}),
    ("good", {"z": "From:j\u00f6e@example.com|To:x", "unknown": "tag"}),
    ("bad-tag-list", {"1z": "x"}),
    ("bad-tag-list", {"z": "x; z=y"}),
    ("bad-tag-list", {"z": "x; y"}),
    ("bad-tag-list", {"z": "x;; y=z"}),
    ("bad-tag-list", {"z": "x; =z"}),
    ("too-long", {"z": "x" * MAX_OCTETS}),
]


@pytest.mark.parametrize(("code", "tags"), TAGS)
def test_tags(code: str, tags: dict[str, str | None]) -> None:
    found = check(forge(MESSAGE, RSA, **tags))
    assert found.code == code, found.reason
    assert (found.result is Result.PASS) == (code == "good")


def test_octets_that_are_no_text() -> None:
    assert check(forge(z="x").replace(b"z=x", b"z=\xff")).code == "bad-character"


def test_a_broken_signature_still_names_its_domain() -> None:
    found = check(forge(v="2"))
    assert (found.domain, found.selector) == ("example.com", "sel")
    assert check(forge(d="nonsense(")).domain == ""


def big(bits: int) -> str:
    """A key record with a modulus of this size; no private key is needed."""
    number = (1 << bits) - 1
    return record(rsa.RSAPublicNumbers(65537, number).public_key())


def record(public: rsa.RSAPublicKey) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    octets = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return "v=DKIM1; p=" + base64.b64encode(octets).decode()


WIDE = rsa.RSAPublicNumbers((1 << 40) + 1, RSA.public_key().public_numbers().n).public_key()
KEYS = [
    ("good", f"p={P}"),
    ("good", f"v=DKIM1; k=rsa; h=sha1:sha256; s=email; t=s; n=x; p={P}"),
    ("good", f"v=DKIM1; h=sha256; s=tlsrpt:*; p={P[:40]} {P[40:]}"),
    ("good", f"v=DKIM1; g=; other=1; p={P}"),
    ("signature-wrong", f"v=DKIM1; p={dkim.public_text(OTHER)[1]}"),
    ("key-revoked", "v=DKIM1; p="),
    ("key-syntax", "v=DKIM1; k=rsa"),
    ("key-syntax", f"v=DKIM2; p={P}"),
    ("key-syntax", f"k=rsa; v=DKIM1; p={P}"),
    ("key-syntax", f"v=DKIM1; p={P}; p={P}"),
    ("key-syntax", f"v=DKIM1; p={P[:-3]}"),
    ("key-syntax", "v=DKIM1; p=AAAA"),
    ("key-syntax", "v=spf1 -all"),
    ("hash-not-allowed", f"v=DKIM1; h=sha1; p={P}"),
    ("hash-not-allowed", f"v=DKIM1; h=; p={P}"),
    ("service-differs", f"v=DKIM1; s=tlsrpt; p={P}"),
    ("key-type-differs", f"v=DKIM1; k=ed25519; p={dkim.public_text(ED)[1]}"),
    ("key-type-differs", f"v=DKIM1; k=dsa; p={P}"),
    ("key-too-small", big(512)),
    ("key-too-small", big(1016)),
    ("key-too-large", big(8200)),
    ("key-too-large", big(16384)),
    ("key-unsafe", record(WIDE)),
]


@pytest.mark.parametrize(("code", "text"), KEYS)
def test_key_records(code: str, text: str) -> None:
    found = check(forge(), text)
    assert found.code == code, found.reason


def test_the_key_of_a_pass_is_in_the_result() -> None:
    found = check(forge())
    assert found.key is not None
    assert (found.key.bits, found.algorithm, found.section) == (
        1024,
        "rsa-sha256",
        "RFC 6376 §6.1.3",
    )


@pytest.mark.parametrize(("identity", "code"), [(None, "good"), ("joe@example.com", "good")])
def test_a_strict_key_and_its_own_domain(identity: str | None, code: str) -> None:
    assert check(forge(i=identity), f"v=DKIM1; t=y:s; p={P}").code == code


def test_a_strict_key_and_a_subdomain() -> None:
    assert check(forge(i="@a.example.com"), f"v=DKIM1; t=s; p={P}").code == "identity-not-exact"


def test_a_testing_key_counts_for_nothing_unless_told_so() -> None:
    testing = f"v=DKIM1; t=y; p={P}"
    found = check(forge(), testing)
    assert (found.result, found.testing, found.counts) == (Result.PASS, True, False)
    assert check(forge(), testing, Policy(testing_counts=True)).counts
    assert not check(forge()).testing


def test_a_key_for_reports() -> None:
    text = f"v=DKIM1; s=tlsrpt; p={P}"
    assert check(forge(), text, Policy(service="tlsrpt")).code == "good"


def test_ed25519_signs_the_digest() -> None:
    text = f"v=DKIM1; k=ed25519; p={dkim.public_text(ED)[1]}"
    assert check(forge(key=ED, a="ed25519-sha256"), text).code == "good"
    assert check(forge(key=ED, a="rsa-sha256"), text).code == "key-type-differs"


SEVERAL = [
    ("good", ["v=spf1 -all", f"v=DKIM1; p={P}"]),
    ("good", ["v=DKIM1; p=", f"v=DKIM1; p={P}"]),
    ("good", [f"v=DKIM1; p={dkim.public_text(OTHER)[1]}", f"v=DKIM1; p={P}"]),
    ("signature-wrong", [f"v=DKIM1; p={dkim.public_text(OTHER)[1]}", "v=spf1 -all"]),
    ("key-revoked", ["v=spf1 -all", "v=DKIM1; p="]),
    ("key-syntax", ["v=spf1 -all", "hello"]),
]


@pytest.mark.parametrize(("code", "texts"), SEVERAL)
def test_several_records_at_a_selector(code: str, texts: list[str]) -> None:
    memory = Memory.from_zone(zone(*texts))
    assert dkim.verify(forge(), resolver=memory, now=NOW).signatures[0].code == code


def test_only_so_many_records_are_tried() -> None:
    junk = [f"{i}=x" for i in range(5)]
    memory = Memory.from_zone(zone(*junk, f"v=DKIM1; p={P}"))
    policy = Policy(max_keys=5)
    assert dkim.verify(forge(), resolver=memory, now=NOW, policy=policy).result is not Result.PASS
    policy = Policy(max_keys=6)
    assert dkim.verify(forge(), resolver=memory, now=NOW, policy=policy).result is Result.PASS


@pytest.mark.parametrize("why", Why)
def test_trouble_with_dns_is_never_fail(why: Why) -> None:
    memory = Memory.from_zone(zone("x"), fail={"sel._domainkey.example.com": why})
    found = dkim.verify(forge(), resolver=memory, now=NOW).signatures[0]
    impossible = why is Why.BAD_NAME
    assert found.result is (Result.PERMERROR if impossible else Result.TEMPERROR)
    assert found.domain == "example.com"
    assert impossible or why in found.reason


def test_no_answer_about_a_body_that_was_changed_is_no_fail_either() -> None:
    memory = Memory.from_zone("", fail={"sel._domainkey.example.com": Why.TIMEOUT})
    results = dkim.verify(forge() + b"more", resolver=memory, now=NOW)
    assert results.result is Result.TEMPERROR


# Changes on the way

CHANGES = [
    ("good", lambda m: m),
    ("good", lambda m: m.replace(b"Hi  there.", b"Hi\tthere. ")),
    ("good", lambda m: m + b"\r\n\r\n"),
    ("good", lambda m: m.replace(b"Hello\r\n there", b"Hello there")),
    ("good", lambda m: m.replace(b"Subject:", b"SUBJECT :")),
    ("good", lambda m: m.replace(b"Received: from a by b\r\n", b"")),
    ("good", lambda m: m.replace(b"\r\n", b"\n")),
    ("body-changed", lambda m: m + b"footer\r\n"),
    ("body-changed", lambda m: m.replace(b"Hi", b"Ho")),
    ("signature-wrong", lambda m: m.replace(b"Hello", b"Hallo")),
    ("signature-wrong", lambda m: m.replace(b"To: sue", b"To: joe")),
    ("signature-wrong", lambda m: m.replace(b"To: sue@example.net\r\n", b"")),
    ("signature-wrong", lambda m: m.replace(b"s=sel;", b"s=sel ;z=1;")),
    ("signature-wrong", lambda m: m.replace(b"\r\n\r\n", b"\r\nSubject: more\r\n\r\n", 1)),
    ("from-added", lambda m: b"From: evil@example.net\r\n" + m),
]


@pytest.mark.parametrize(("code", "change"), CHANGES)
def test_changes(code: str, change: Any) -> None:
    found = check(change(forge()))
    assert found.code == code, found.reason


def test_a_changed_body_is_told_from_a_changed_header() -> None:
    body = check(forge() + b"footer")
    both = check(forge().replace(b"Hello", b"Hallo") + b"footer")
    assert (body.code, body.header_intact) == ("body-changed", True)
    assert (both.code, both.header_intact) == ("body-changed", False)
    assert body.reason != both.reason


def test_fields_put_on_top_are_named() -> None:
    found = check(b"Subject: Buy\r\n" + forge())
    assert (found.result, found.added) == (Result.PASS, ("subject",))
    assert found.covers("To")
    assert not found.covers("Subject")
    assert not found.covers("Date")
    guarded = forge(h="From:To:Subject:Subject")
    assert check(guarded).covers("subject")
    assert check(b"Subject: Buy\r\n" + guarded).code == "signature-wrong"


def test_trace_fields_may_be_added() -> None:
    found = check(b"Received: from b by c\r\n" + forge(h="From:Received:X-Absent"))
    assert (found.result, found.added) == (Result.PASS, ())
    assert found.covers("from")
    assert not found.covers("received")
    assert found.covers("x-absent")


def test_both_from_fields_may_be_signed() -> None:
    two = b"From: other@example.net\r\n" + MESSAGE
    assert check(forge(two, h="From:From")).code == "good"
    assert check(forge(two, h="From")).code == "from-added"


def test_fields_are_taken_from_the_bottom() -> None:
    message = b"X: one\r\nX: two\r\n" + MESSAGE
    found = forge(message, h="From:X")
    assert check(found.replace(b"X: one", b"X: 1")).code == "good"
    assert check(found.replace(b"X: two", b"X: 2")).code == "signature-wrong"
    assert check(b"X: zero\r\n" + forge(message, h="From:X:X")).code == "good"
    assert check(b"X: zero\r\n" + forge(message, h="From:X:X:X")).code == "signature-wrong"


def test_a_signature_does_not_sign_itself_but_may_sign_others() -> None:
    first = forge()
    second = forge(first, h="From:DKIM-Signature:DKIM-Signature")
    memory = Memory.from_zone(zone(f"p={P}"))
    results = dkim.verify(second, resolver=memory, now=NOW)
    assert [s.code for s in results.signatures] == ["good", "good"]
    swapped = second.replace(b"h=From:To:Subject;", b"h=From:To;")
    results = dkim.verify(swapped, resolver=memory, now=NOW)
    assert [s.code for s in results.signatures] == ["signature-wrong", "signature-wrong"]


B_TAGS = [
    (b"DKIM-Signature: a=1; b=xyz; c=2", b"DKIM-Signature: a=1; b=; c=2"),
    (b"DKIM-Signature: a=1; b = x\r\n y ;\r\n bh=q", b"DKIM-Signature: a=1; b =;\r\n bh=q"),
    (b"DKIM-Signature:b=xyz", b"DKIM-Signature:b="),
    (b"DKIM-Signature: b=xyz; b=2", b"DKIM-Signature: b=; b=2"),
    (b"DKIM-Signature: bh=b=; z=b", b"DKIM-Signature: bh=b=; z=b"),
    (b"dkim-signature : a=b; \tb\r\n =x=\r\n ", b"dkim-signature : a=b; \tb\r\n ="),
]


@pytest.mark.parametrize(("line", "without"), B_TAGS)
def test_only_the_value_of_b_is_left_out(line: bytes, without: bytes) -> None:
    assert without_b(line) == without


# l=

LENGTHS = [
    # l=, appended, policy, (code, counts, uncovered)
    (len(b"Hi there.\r\n"), b"", Length.HONOUR, ("good", True, 0)),
    (len(b"Hi there.\r\n"), b"spam\r\n", Length.HONOUR, ("good", True, 6)),
    (len(b"Hi there.\r\n"), b"spam\r\n", Length.IGNORE_FOR_DMARC, ("good", False, 6)),
    (len(b"Hi there.\r\n"), b"", Length.IGNORE_FOR_DMARC, ("good", True, 0)),
    (len(b"Hi there.\r\n"), b"", Length.REFUSE, ("length-refused", False, 0)),
    (0, b"", Length.HONOUR, ("good", True, 11)),
    (0, b"", Length.IGNORE_FOR_DMARC, ("good", False, 11)),
    (12, b"", Length.HONOUR, ("length-beyond-body", False, 0)),
    (10**75, b"", Length.HONOUR, ("length-beyond-body", False, 0)),
]


@pytest.mark.parametrize(("length", "more", "policy", "expected"), LENGTHS)
def test_body_length(length: int, more: bytes, policy: Length, expected: tuple[Any, ...]) -> None:
    found = check(forge(l=str(length)) + more, policy=Policy(length=policy))
    assert found.length == length
    assert (found.code, found.counts, found.uncovered) == expected


# EAI (RFC 8616)


def test_domains_in_letters_of_the_world() -> None:
    memory = Memory.from_zone(zone(f"p={P}", name="xn--sl-bja._domainkey.xn--bcher-kva.example"))
    message = forge(d="b\u00fccher.example", s="s\u00e9l", i="j\u00f6e@mail.b\u00fccher.example")
    found = dkim.verify(message, resolver=memory, now=NOW).signatures[0]
    assert (found.result, found.domain) == (Result.PASS, "xn--bcher-kva.example")
    assert found.identity == "j\u00f6e@mail.b\u00fccher.example"
    assert found.signature is not None
    assert found.signature.d_written == "b\u00fccher.example"
    mixed = forge(d="xn--bcher-kva.example", s="xn--sl-bja", i="@b\u00fccher.example")
    assert dkim.verify(mixed, resolver=memory, now=NOW).result is Result.PASS


# Many signatures


def test_no_signature_is_none() -> None:
    results = dkim.verify(MESSAGE, resolver=VECTORS, now=NOW)
    assert (results.result, results.signatures, results.passed) == (Result.NONE, (), ())


def test_all_are_evaluated_up_to_the_cap_and_the_rest_reported() -> None:
    one = forge().partition(b"\r\n")[0] + b"\r\n"
    memory = Memory.from_zone(zone(f"p={P}"))
    results = dkim.verify(one * 1000 + MESSAGE, resolver=memory, now=NOW)
    assert len(results.signatures) == 1000
    assert [s.evaluated for s in results.signatures] == [True] * 10 + [False] * 990
    assert len(results.passed) == 10
    assert results.signatures[10].result is Result.NEUTRAL
    assert [s.index for s in results.signatures] == list(range(1000))
    few = dkim.verify(one * 3 + MESSAGE, resolver=memory, now=NOW, policy=Policy(max_signatures=2))
    assert [s.evaluated for s in few.signatures] == [True, True, False]


def test_a_good_signature_below_a_bad_one_counts() -> None:
    memory = Memory.from_zone(zone(f"p={P}"))
    results = dkim.verify(forge(forge(), b="AAAA"), resolver=memory, now=NOW)
    assert [s.result for s in results.signatures] == [Result.FAIL, Result.PASS]
    assert results.result is Result.PASS
    assert [s.index for s in results.passed] == [1]


def test_one_round_of_questions_each_asked_once() -> None:
    message = forge(forge(forge(), s="other"), s="sel")
    judging = engine.verify(message, now=NOW)
    batch = next(judging)
    assert [question.name for question in batch if isinstance(question, Question)] == [
        "sel._domainkey.example.com",
        "other._domainkey.example.com",
    ]
    with pytest.raises(StopIteration) as stop:
        judging.send(tuple(failed(question, Why.TIMEOUT) for question in batch))
    assert stop.value.value.result is Result.TEMPERROR


# Calls


def test_a_result_has_no_truth_value() -> None:
    results = dkim.verify(MESSAGE, resolver=VECTORS, now=NOW)
    with pytest.raises(TypeError, match="truth"):
        bool(results)
    with pytest.raises(TypeError, match="truth"):
        bool(check(forge()))


def test_text_is_refused_loudly() -> None:
    with pytest.raises(UsageError, match="bytes"):
        dkim.verify("From: x\r\n\r\n", resolver=VECTORS)  # type: ignore[arg-type]


def test_asyncio_says_the_same() -> None:
    plain = dkim.verify(RFC8463_A3, resolver=VECTORS, now=NOW)
    assert asyncio.run(dkim.averify(RFC8463_A3, resolver=VECTORS, now=NOW)) == plain


def test_every_outcome_has_a_section() -> None:
    assert all(section.startswith("RFC ") for _, section in OUTCOMES.values())


# Laws: whatever comes, from the message or from DNS

TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["v=DKIM1; p=", f"p={P}", f"v=DKIM1; k=ed25519; p={P}", "v=DKIM1;;p=A="]),
)
PIECES = st.sampled_from(
    [
        b"DKIM-Signature:",
        b"From: a@example.com",
        b"\r\n",
        b"\n",
        b" ",
        b";",
        b"=",
        b" v=1; a=rsa-sha256; d=example.com; s=sel; h=from; bh=AAAA; b=AAAA",
        b" l=3;",
        b"c=relaxed/relaxed;",
        b"i=",
        b"@",
        b"t=9;x=1;",
        b"\0",
        b"\xff",
        b"\xc3\xa9",
        b"xn--",
        b":",
        b"h=from:to;",
        b"\r",
    ]
)
HOSTILE = st.one_of(st.binary(max_size=60), st.lists(PIECES, max_size=30).map(b"".join))


def ends(message: bytes, texts: list[str], why: Why | None) -> DkimResults:
    """What the engine makes of a message, and of the same answer to whatever it asks."""
    judging = engine.verify(message, now=NOW)
    try:
        batch = next(judging)
        assert len(batch) <= 10
        replies = []
        for question in batch:
            assert isinstance(question, Question)
            found = Answer(question, Status.FOUND, records=tuple(texts))
            replies.append(found if why is None else failed(question, why))
        judging.send(tuple(replies))
    except StopIteration as stop:
        results: DkimResults = stop.value
        return results
    raise AssertionError("a second round")


@given(HOSTILE, st.lists(TEXTS, max_size=3), st.none() | st.sampled_from(Why))
def test_nothing_raises_and_nothing_passes(
    message: bytes, texts: list[str], why: Why | None
) -> None:
    for data in (message, b"DKIM-Signature:" + message):
        results = ends(data, texts, why)
        assert not results.passed
        assert len(results.signatures) == read(data).count(b"dkim-signature")


@given(HOSTILE, st.lists(TEXTS, max_size=3))
def test_a_forged_field_beside_a_good_one_changes_nothing(junk: bytes, texts: list[str]) -> None:
    line = junk.replace(b"\r", b"").replace(b"\n", b"")
    results = ends(b"DKIM-Signature:" + line + b"\r\n" + forge(), [*texts, f"p={P}"], None)
    assert results.signatures[-1].code == "good"


@given(HOSTILE)
def test_reading_a_signature_gives_a_record_or_a_problem(value: bytes) -> None:
    parsed = parse(value)
    assert (parsed.record is None) == bool(parsed.problems)


@given(st.data())
def test_whatever_octet_changes_under_simple_is_noticed(data: st.DataObject) -> None:
    signed = forge(c="simple/simple", h="Received:From:To:Subject")
    place = data.draw(st.integers(0, len(signed) - 3))  # empty lines at the end may be more
    octet = data.draw(st.integers(0, 255))
    changed = signed[:place] + bytes([octet]) + signed[place + 1 :]
    results = ends(changed, [f"p={P}"], None)
    signature = signed.partition(b"; b=")[0]
    inside = len(signature) < place <= signed.index(b"\r\n")  # in the value of b=
    assert results.result is not Result.PASS or inside or changed == signed


LONG = MESSAGE + b"a  b" * 250_000
NAMES = "From:" + ":".join(f"X{n}" for n in range(999))
WIDE_HEADER = b"".join(b"X%d: %s\r\n" % (n, b"y " * 500) for n in range(999)) + MESSAGE
MEGABYTES = [
    b"DKIM-Signature: v=1\r\n" * 45_000 + b"From: a\r\n\r\n",
    b"a:b\r\n" * 200_000,
    b"DKIM-Signature:" + b" " * 1_000_000,
    b"DKIM-Signature:" + b"a=1;" * 250_000,
    b"DKIM-Signature:" + b"\r\n " * 330_000,
    b"\n" * 1_000_000,
    b"\r" * 1_000_000,
    b"\0" * 1_000_000,
    b"From: " + b"\t" * 1_000_000,
    forge(MESSAGE + b" " * 1_000_000, c="relaxed/simple"),
    forge(b"X:" + b" \r\n" * 300_000 + b" y\r\n" + MESSAGE, h="From:X"),
    forge(b"X: y\r\n" * 150_000 + MESSAGE, h="From" + ":X" * 999),
    b"".join(forge(LONG, l=str(n)).partition(b"\r\n")[0] + b"\r\n" for n in range(12)) + LONG,
    b"".join(
        forge(WIDE_HEADER, x=f"{T + n}", h=NAMES).partition(b"\r\n")[0] + b"\r\n" for n in (1, 2)
    )
    * 5
    + WIDE_HEADER,
]


@pytest.mark.parametrize("message", MEGABYTES, ids=range(len(MEGABYTES)))
def test_a_megabyte_of_anything_ends(message: bytes) -> None:
    """What is quadratic here would take minutes."""
    results = ends(message, [f"p={P}"], None)
    assert results.result in Result
