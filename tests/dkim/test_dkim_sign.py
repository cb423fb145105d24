"""Signing: what a signature holds, the keys that can be used, and a signer's look at itself."""

import asyncio
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from mailworthy import dkim
from mailworthy.dkim.canonical import Canonicalization
from mailworthy.dkim.private import private_key
from mailworthy.dkim.signature import parse
from mailworthy.dkim.signing import ALWAYS
from mailworthy.dkim.unfit import unfit
from mailworthy.domain.keys import KeyKind, new_key
from mailworthy.errors import UsageError
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Why
from mailworthy.message.header import read

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
T = int(NOW.timestamp())
RSA = rsa.generate_private_key(65537, 1024)
ED = ed25519.Ed25519PrivateKey.generate()
BOTH: list[tuple[str, Any]] = [("r1", RSA), ("e1", ED)]
SOA = "example.com. 60 IN SOA ns.example.com. root.example.com. 1 1 1 1 60\n"
MESSAGE = (
    b"Received: from a by b\r\nFrom: Joe <joe@example.com>\r\nTo: sue@example.net\r\n"
    b"Subject: Hello\r\nDate: Mon, 23 Nov 2026 12:00:00 +0000\r\n"
    b"List-Unsubscribe: <https://example.com/u>\r\nX-Mine: 1\r\n\r\nHi.\r\n"
)


def txt(value: str) -> str:
    return " ".join(f'"{value[i : i + 200]}"' for i in range(0, len(value), 200))


def published(*keys: tuple[str, Any], extra: str = "") -> str:
    found = SOA
    for selector, key in keys:
        k, p = dkim.public_text(key)
        found += f"{selector}._domainkey.example.com. 60 IN TXT {txt(f'v=DKIM1; k={k}; p={p}')}\n"
    return found + extra


MEMORY = Memory.from_zone(published(*BOTH))


def results(signed: bytes) -> list[str]:
    return [s.code for s in dkim.verify(signed, resolver=MEMORY, now=NOW).signatures]


def test_two_keys_sign_side_by_side() -> None:
    signed = dkim.signer("Example.COM", BOTH).sign(MESSAGE, now=NOW)
    assert signed.endswith(MESSAGE)
    found = dkim.verify(signed, resolver=MEMORY, now=NOW).signatures
    assert [(s.code, s.selector, s.algorithm) for s in found] == [
        ("good", "r1", "rsa-sha256"),
        ("good", "e1", "ed25519-sha256"),
    ]
    assert all(s.counts and s.domain == "example.com" for s in found)


def test_one_call_signs_with_one_key() -> None:
    signed = dkim.sign(MESSAGE, domain="example.com", selector="r1", key=RSA, now=NOW)
    assert results(signed) == ["good"]
    assert signed.endswith(MESSAGE)


def test_the_present_is_the_default_moment() -> None:
    before = int(datetime.now(UTC).timestamp())
    signed = dkim.sign(MESSAGE, domain="example.com", selector="r1", key=RSA)
    found = parse(read(signed).named(b"dkim-signature")[0].value).record
    assert found is not None
    assert found.t is not None
    assert before <= found.t <= before + 60


def signature(**options: Any) -> Any:
    signed = dkim.sign(MESSAGE, domain="example.com", selector="r1", key=RSA, now=NOW, **options)
    assert results(signed) == ["good"]
    record = parse(read(signed).named(b"dkim-signature")[0].value).record
    assert record is not None
    return record


def test_a_signature_is_dated_and_may_expire() -> None:
    assert (signature().t, signature().x) == (T, None)
    assert signature(expires=86400).x == T + 86400


def test_a_signature_never_has_a_length() -> None:
    assert signature().l is None


@pytest.mark.parametrize("c", ["relaxed/relaxed", "simple/simple", "relaxed/simple", "simple"])
def test_canonicalizations(c: str) -> None:
    found = signature(canonicalization=c)
    header, _, body = c.partition("/")
    assert (found.header, found.body) == (
        Canonicalization(header),
        Canonicalization(body or header),
    )


@pytest.mark.parametrize(
    "identity",
    ["@example.com", "joe@mail.example.com", "a b;c=d@example.com", "j\u00f6e@example.com"],
)
def test_identities(identity: str) -> None:
    assert signature(identity=identity).i == identity


def test_what_readers_see_is_signed_once_more_than_it_is_there() -> None:
    names = signature().h
    for name in ALWAYS:
        there = read(MESSAGE).count(name.encode())
        assert names.count(name.encode()) == there + 1
    assert names.count(b"date") == 2  # it is there
    assert names.count(b"list-unsubscribe") == 2
    assert b"message-id" not in names  # a relay may add it
    assert b"received" not in names
    assert b"x-mine" not in names


@pytest.mark.parametrize("name", ["From", "To", "Cc", "Reply-To", "Subject", "Date"])
def test_nobody_can_add_a_field(name: str) -> None:
    signed = dkim.sign(MESSAGE, domain="example.com", selector="r1", key=RSA, now=NOW)
    assert results(f"{name}: other\r\n".encode() + signed) == ["signature-wrong"]
    below = signed.replace(b"\r\n\r\n", f"\r\n{name}: other\r\n\r\n".encode(), 1)
    assert results(below) == ["signature-wrong"]


def test_oversigning_can_be_left_out() -> None:
    assert signature(oversign=False).h.count(b"subject") == 1
    assert b"cc" not in signature(oversign=False).h


def test_chosen_fields() -> None:
    assert signature(fields=["X-Mine"], oversign=False).h == (b"from", b"x-mine")
    assert signature(fields=["X-Mine", "From"]).h == (b"from", b"from", b"x-mine", b"x-mine")


def test_every_instance_is_signed() -> None:
    message = b"List-Id: a\r\nList-Id: b\r\n" + MESSAGE
    signed = dkim.sign(message, domain="example.com", selector="r1", key=RSA, now=NOW)
    assert results(signed) == ["good"]
    assert results(signed.replace(b"List-Id: a", b"List-Id: c")) == ["signature-wrong"]


def test_lines_are_short() -> None:
    message = MESSAGE.replace(b"X-Mine", b"Content-Transfer-Encoding")
    signer = dkim.signer("example.com", BOTH, identity="someone@mail.example.com", expires=60)
    for line in signer.signatures(message, now=NOW).split(b"\r\n"):
        assert len(line) <= 78
        assert not line.endswith((b" ", b"\t"))


def test_lines_end_as_those_of_the_message() -> None:
    signer = dkim.signer("example.com", BOTH)
    unix = signer.sign(MESSAGE.replace(b"\r\n", b"\n"), now=NOW)
    assert b"\r" not in unix
    assert results(unix) == results(unix.replace(b"\n", b"\r\n")) == ["good", "good"]


def test_a_line_of_mbox_stays_on_top() -> None:
    signer = dkim.signer("example.com", BOTH)
    for message in (b"From joe today\r\n" + MESSAGE, b"From joe today\n" + MESSAGE):
        signed = signer.sign(message, now=NOW)
        assert signed.startswith(b"From joe today")
        assert results(signed) == ["good", "good"]


def test_a_signed_message_can_be_signed_again() -> None:
    signer = dkim.signer("example.com", BOTH)
    assert results(signer.sign(signer.sign(MESSAGE, now=NOW), now=NOW)) == ["good"] * 4


# Keys


def pem(key: Any, kind: PrivateFormat, encryption: Any = None) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, kind, encryption or NoEncryption()))


@pytest.mark.parametrize("kind", KeyKind)
def test_keys_that_init_made(kind: KeyKind) -> None:
    new = new_key("example.com", "s1", kind)
    record = txt(f"v=DKIM1; k={new.public.k}; p={new.public.p}")
    zone = f"{SOA}s1._domainkey.example.com. 60 IN TXT {record}\n"
    signed = dkim.sign(MESSAGE, domain="example.com", selector="s1", key=new.secret, now=NOW)
    found = dkim.verify(signed, resolver=Memory.from_zone(zone), now=NOW)
    assert [s.code for s in found.signatures] == ["good"]


@pytest.mark.parametrize(
    "text",
    [
        pem(RSA, PrivateFormat.PKCS8),
        pem(RSA, PrivateFormat.TraditionalOpenSSL),
        pem(RSA, PrivateFormat.PKCS8).decode(),
    ],
)
def test_forms_of_rsa_keys(text: bytes | str) -> None:
    signed = dkim.sign(MESSAGE, domain="example.com", selector="r1", key=text, now=NOW)
    assert results(signed) == ["good"]


@pytest.mark.parametrize("form", ["pkcs8", "seed", "seed and public"])
def test_forms_of_ed25519_keys(form: str) -> None:
    import base64

    seed = ED.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = base64.b64decode(dkim.public_text(ED)[1])
    text = {
        "pkcs8": pem(ED, PrivateFormat.PKCS8),
        "seed": base64.b64encode(seed),
        "seed and public": base64.b64encode(seed + public) + b"\n",
    }[form]
    signed = dkim.sign(MESSAGE, domain="example.com", selector="e1", key=text, now=NOW)
    assert results(signed) == ["good"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize(
    "command",
    [
        ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        ["genpkey", "-algorithm", "ed25519"],
    ],
)
def test_keys_that_openssl_made(command: list[str], tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    subprocess.run(["openssl", *command, "-out", file], check=True, capture_output=True)
    shown = subprocess.run(
        ["openssl", "pkey", "-in", file, "-pubout"], check=True, capture_output=True, text=True
    ).stdout
    p = "".join(line for line in shown.splitlines() if "-----" not in line)
    k = "rsa"
    if "ed25519" in command:
        k, p = dkim.public_text(private_key(file.read_bytes()))  # type: ignore[arg-type]
    memory = Memory.from_zone(SOA + f"s._domainkey.example.com. 1 IN TXT {txt(f'k={k}; p={p}')}\n")
    key = file.read_bytes()
    signed = dkim.sign(MESSAGE, domain="example.com", selector="s", key=key, now=NOW)
    assert dkim.verify(signed, resolver=memory, now=NOW).result is dkim.Result.PASS


NO_KEYS = [
    b"",
    b"nonsense",
    b"AAAA",
    b"-----BEGIN nothing",
    pem(ec.generate_private_key(ec.SECP256R1()), PrivateFormat.PKCS8),
    pem(RSA, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")),
    dkim.public_text(RSA)[1].encode(),
]


@pytest.mark.parametrize("data", NO_KEYS)
def test_no_keys(data: bytes) -> None:
    assert private_key(data) is None
    with pytest.raises(UsageError, match="no RSA or Ed25519"):
        dkim.sign(MESSAGE, domain="example.com", selector="r1", key=data)


@given(st.binary(max_size=80))
def test_reading_a_key_never_raises(data: bytes) -> None:
    private_key(data)
    private_key(b"-----BEGIN " + data)


def test_keys_do_not_show_their_secret() -> None:
    signer = dkim.signer("example.com", BOTH)
    assert "r1, rsa-sha256" in repr(signer)
    assert "PrivateKey" not in repr(signer)


MISUSE: list[tuple[str, dict[str, Any]]] = [
    ("not a domain", {"domain": "exa mple.com"}),
    ("not a domain", {"selector": "a b"}),
    ("too long", {"selector": ".".join(["x" * 60] * 4)}),
    ("canonicalization", {"canonicalization": "strict"}),
    ("canonicalization", {"canonicalization": "relaxed/"}),
    ("a second", {"expires": 0}),
    ("does not lie", {"identity": "joe@example.net"}),
    ("does not lie", {"identity": "joe"}),
    ("does not lie", {"identity": "j\r\nX: y@example.com"}),
    ("header field", {"fields": ["Sub ject"]}),
    ("header field", {"fields": ["Subject:"]}),
    ("header field", {"fields": ["a\r\nb"]}),
]


@pytest.mark.parametrize(("text", "options"), MISUSE)
def test_misuse_is_told(text: str, options: dict[str, Any]) -> None:
    usual: dict[str, Any] = {"domain": "example.com", "selector": "r1", "key": RSA}
    text = text.replace("not a domain", "is not a domain name")
    with pytest.raises(UsageError, match=re.escape(text)):
        dkim.sign(MESSAGE, **usual | options)


def test_signing_needs_a_key_and_a_from() -> None:
    with pytest.raises(UsageError, match="needs a key"):
        dkim.signer("example.com", [])
    with pytest.raises(UsageError, match="without From"):
        dkim.signer("example.com", BOTH).sign(b"To: x\r\n\r\n", now=NOW)


@pytest.mark.parametrize("top", [b" ", b"\t\n", b"From joe Mon\n "])
def test_white_space_on_top_would_continue_our_field(top: bytes) -> None:
    message = top + b"folded\r\n" + MESSAGE
    with pytest.raises(UsageError, match="begins with a folded line"):
        dkim.signer("example.com", BOTH).sign(message, now=NOW)


FROM = b"From: a@example.com\r\n"
UNFIT: list[tuple[bytes, str, str]] = [
    # the header, the code, what is said
    (b"To: b@example.com\r\n", "no-from", "without From"),
    (FROM + b"From: b@example.net\r\n", "several-from", "line 2: a message with 2 From fields"),
    (FROM + b"A: b\r\n c\r\nfrom : b@example.net\r\n", "several-from", "line 4: "),
    (FROM + b"Subject: x\rFrom: b@example.net\r\n", "lone-cr", "line 2: a header with a CR"),
    (FROM + b"Subject: x\r \r\n", "lone-cr", "line 2: a header with a CR"),
    (FROM + b"Subject: x\0\r\n", "nul", "line 2: a header with an octet of value zero"),
    (FROM + b"no field\r\n", "not-a-field", "header field, so it is not signed: no field: mend"),
    (FROM + b"To: b\r\nnot a field: x\r\n", "not-a-field", "line 3: a line of the header is no"),
    (FROM + b"From\x0b: b@example.net\r\n", "not-a-field", "From\\x0b: b@example.net"),
]


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize(("header", "code", "said"), UNFIT)
def test_what_readers_do_not_agree_on_is_not_signed(
    header: bytes, code: str, said: str, end: bytes
) -> None:
    message = (header + b"\r\nbody\r\n").replace(b"\r\n", end)
    problem = unfit(read(message))
    assert problem is not None
    assert (problem.code, problem.message.isprintable()) == (code, True)
    with pytest.raises(UsageError, match=re.escape(said)):
        dkim.signer("example.com", BOTH).sign(message, now=NOW)


@pytest.mark.parametrize(
    "header", [FROM, FROM + b"Subject : x\r\n", FROM + b"X: \xff\r\n", b"From joe Mon\r\n" + FROM]
)
def test_what_only_looks_odd_is_signed(header: bytes) -> None:
    message = header + b"\r\n\0\rbody"
    assert unfit(read(message)) is None
    assert results(dkim.signer("example.com", BOTH).sign(message, now=NOW)) == ["good", "good"]


LINES = st.lists(
    st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"\n", b"\r", b"\0", b"\xff", b":", b"b" * 90]),
    max_size=20,
).map(b"".join)


@given(LINES, LINES, st.sampled_from(["relaxed/relaxed", "simple/simple", "simple/relaxed"]))
def test_what_is_signed_verifies(field: bytes, body: bytes, c: str) -> None:
    message = b"From: a@example.com\r\nSubject:" + field + b"\r\n\r\n" + body
    if unfit(read(message)) is not None:
        with pytest.raises(UsageError):
            dkim.signer("example.com", BOTH, canonicalization=c).sign(message, now=NOW)
        return
    signed = dkim.signer("example.com", BOTH, canonicalization=c).sign(message, now=NOW)
    assert results(signed) == ["good", "good"]
    assert signed.endswith(message)


# A signer's look at itself

OTHER = ed25519.Ed25519PrivateKey.generate()
WORLDS: list[tuple[str, str, dict[str, Any]]] = [
    # zone, what is found of the second key, that key's place
    (published(*BOTH), "good", {"good": True, "matches": True, "records": 1}),
    (published(("r1", RSA)), "no-key", {"good": False, "matches": None, "records": 0}),
    (
        published(("r1", RSA), ("e1", OTHER)),
        "signature-wrong",
        {"good": False, "matches": False, "records": 1},
    ),
    (
        published(*BOTH, extra='e1._domainkey.example.com. 60 IN TXT "v=spf1 -all"\n'),
        "good",
        {"good": False, "matches": True, "records": 2},
    ),
    (
        published(
            ("r1", RSA),
            ("e1.x", ED),
            extra="e1._domainkey.example.com. 60 IN CNAME e1.x._domainkey.example.com.\n",
        ),
        "good",
        {"good": True, "alias": "e1.x._domainkey.example.com"},
    ),
]


@pytest.mark.parametrize(("zone", "code", "expected"), WORLDS)
def test_a_look_at_oneself(zone: str, code: str, expected: dict[str, Any]) -> None:
    signer = dkim.signer("example.com", BOTH)
    memory = Memory.from_zone(zone)
    first, second = dkim.check(signer, resolver=memory, now=NOW)
    assert (first.good, first.selector, first.algorithm) == (True, "r1", "rsa-sha256")
    assert second.result.code == code
    assert {name: getattr(second, name) for name in expected} == expected
    assert asyncio.run(dkim.acheck(signer, resolver=memory, now=NOW)) == (first, second)


def test_no_answer_is_not_a_broken_key() -> None:
    memory = Memory.from_zone(published(*BOTH), fail={"e1._domainkey.example.com": Why.TIMEOUT})
    found = dkim.check(dkim.signer("example.com", BOTH), resolver=memory, now=NOW)[1]
    assert (found.result.result, found.matches) == (dkim.Result.TEMPERROR, None)


def test_many_keys_are_all_looked_at() -> None:
    keys: list[tuple[str, Any]] = [(f"e{i}", ED) for i in range(12)]
    memory = Memory.from_zone(published(*keys))
    found = dkim.check(dkim.signer("example.com", keys), resolver=memory, now=NOW)
    assert [one.good for one in found] == [True] * 12
