"""Key records: what verifiers take, what they refuse, and what is worth a word."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from mailworthy.dkim import DkimKey, Form, parse, public_text, render, same_key
from mailworthy.dkim.material import MAX_BASE64

RSA = rsa.generate_private_key(65537, 1024)
OTHER = rsa.generate_private_key(65537, 1024)
ED = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
EC = ec.generate_private_key(ec.SECP256R1())


def text64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def der(bits: int, form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> str:
    """An RSA key of any size; nobody will ever factor or use it."""
    modulus = (
        (1 << (bits - 1)) | int.from_bytes(bytes(range(1, 251, 2)), "big") % (1 << bits - 1) | 1
    )
    return text64(
        rsa.RSAPublicNumbers(65537, modulus).public_key().public_bytes(Encoding.DER, form)
    )


def packed(key: rsa.RSAPrivateKey, form: PrivateFormat) -> str:
    return text64(key.private_bytes(Encoding.DER, form, NoEncryption()))


SPKI = public_text(RSA)[1]
PKCS1 = text64(RSA.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1))
ED_RAW = public_text(ED)[1]
ED_SPKI = text64(ED.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
EC_SPKI = text64(EC.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
BIG = der(2048)

# text, the key can be used, the codes of problems
TABLE: list[tuple[str, bool, set[str]]] = [
    (f"v=DKIM1; k=rsa; p={BIG}", True, set()),
    (f"v=DKIM1; p={BIG};", True, set()),
    (f"p={BIG}", True, set()),
    (f"v=DKIM1; k=ed25519; p={ED_RAW}", True, set()),
    (f"v=DKIM1; k=rsa; h=sha256; s=email; t=s; n=note; p={BIG}", True, set()),
    (f"v=DKIM1; s=tlsrpt : * ; p={BIG}", True, set()),
    (f"v=DKIM1; p={SPKI}", True, {"small-rsa"}),
    (f"v=DKIM1; p={der(1023)}", True, {"weak-rsa"}),
    (f"v=DKIM1; p={der(512)}", True, {"weak-rsa"}),
    (f"v=DKIM1; p={der(2047)}", True, {"small-rsa"}),
    (f"v=DKIM1; p={der(4096)}", True, set()),
    (f"v=DKIM1; p={der(4097)}", True, {"large-rsa"}),
    (f"v=DKIM1; p={der(16384)}", True, {"large-rsa"}),
    (f"v=DKIM1; p={der(16385)}", False, {"key-too-large"}),
    (f"v=DKIM1; p={'A' * (MAX_BASE64 + 4)}", False, {"key-too-large"}),
    ("v=DKIM1; p=", True, {"revoked"}),
    ("v=DKIM1; k=ed25519; p= ", True, {"revoked"}),
    ("v=DKIM1; k=rsa", False, {"missing-p"}),
    ("", False, {"missing-p"}),
    ("v=spf1 -all", False, {"bad-version", "missing-p"}),
    (f"v=DKIM1.0; p={BIG}", False, {"bad-version"}),
    (f"v=dkim1; p={BIG}", False, {"bad-version"}),
    (f"v=; p={BIG}", False, {"bad-version"}),
    (f"k=rsa; v=DKIM1; p={BIG}", False, {"version-not-first"}),
    (f"v=DKIM1; p={BIG}; p={BIG}", False, {"duplicate-tag"}),
    (f"v=DKIM1; x=1; x=2; p={BIG}", False, {"duplicate-tag", "unknown-tag"}),
    (f"v=DKIM1; rsa; p={BIG}", False, {"missing-equals"}),
    (f"v=DKIM1; p={BIG}; x-y=1", False, {"bad-name", "unknown-tag"}),
    (f"v=DKIM1; q=1; p={BIG}", True, {"unknown-tag"}),
    (f"v=DKIM1; P={BIG}", False, {"unknown-tag", "missing-p"}),
    (f"v=DKIM1; k=dsa; p={BIG}", True, {"unknown-key-type"}),
    (f"v=DKIM1; k=RSA; p={BIG}", True, {"unknown-key-type"}),
    (f"v=DKIM1; k=; p={BIG}", True, {"unknown-key-type"}),
    (f"v=DKIM1; k=rsa p={BIG}", False, {"missing-semicolon", "missing-p", "unknown-key-type"}),
    (f"v=DKIM1\\; k=rsa\\; p={BIG}", False,
     {"escaped-semicolon", "bad-version", "unknown-key-type"}),
    (f"v=DKIM1; h=sha1; p={BIG}", True, {"sha1-only"}),
    (f"v=DKIM1; h=sha1:sha256; p={BIG}", True, set()),
    (f"v=DKIM1; h=sha512 : sha256; p={BIG}", True, {"unknown-hash"}),
    (f"v=DKIM1; t=y; p={BIG}", True, {"testing"}),
    (f"v=DKIM1; t=s:y; p={BIG}", True, {"testing"}),
    (f"v=DKIM1; s=tlsrpt; p={BIG}", True, {"service-not-email"}),
    (f"v=DKIM1; s=; p={BIG}", True, {"service-not-email"}),
    (f"v=DKIM1; g=*; p={BIG}", True, {"granularity"}),
    (f"v=DKIM1; g=; p={BIG}", True, {"granularity"}),
    (f"v=DKIM1; p={BIG[:100]} {BIG[100:]}", True, {"whitespace-in-key"}),
    (f"v=DKIM1; p={BIG[:100]}\r\n\t{BIG[100:]}", True, {"whitespace-in-key"}),
    (f'v=DKIM1; p={BIG[:100]}" "{BIG[100:]}', False,
     {"whitespace-in-key", "quotes-in-key", "bad-base64"}),
    ("v=DKIM1; p=MIIB&quot;", False, {"html-entity", "bad-base64"}),
    (f"v=DKIM1; p={BIG[:-3]}", False, {"bad-base64"}),
    (f"v=DKIM1; p={BIG[:-8]}", False, {"bad-key"}),
    (f"v=DKIM1; p={BIG[:-4]}AAAA", False, {"bad-key"}),
    (f"v=DKIM1; p={text64(base64.b64decode(BIG) + b'x')}", False, {"bad-key"}),
    ("v=DKIM1; p=AAAA", False, {"bad-key"}),
    ("v=DKIM1; p=yes!", False, {"bad-base64"}),
    (f"v=DKIM1; p=-----BEGIN PUBLIC KEY-----{SPKI}", False, {"whitespace-in-key", "bad-base64"}),
    (f"v=DKIM1; p={EC_SPKI}", False, {"bad-key"}),
    (f"v=DKIM1; p={ED_SPKI}", False, {"bad-key"}),
    (f"v=DKIM1; p={ED_RAW}", False, {"bad-key"}),
    (f"v=DKIM1; k=ed25519; p={ED_SPKI}", False, {"ed25519-wrapped"}),
    (f"v=DKIM1; k=ed25519; p={BIG}", False, {"bad-key"}),
    (f"v=DKIM1; k=ed25519; p={ED_RAW[:40]}", False, {"bad-key"}),
    (f"v=DKIM1; p={packed(RSA, PrivateFormat.TraditionalOpenSSL)}", False,
     {"private-key-published"}),
    (f"v=DKIM1; p={packed(RSA, PrivateFormat.PKCS8)}", False, {"private-key-published"}),
    (f"v=DKIM1; k=x; p={packed(RSA, PrivateFormat.PKCS8)}", False,
     {"private-key-published", "unknown-key-type"}),
    (f"v=DKIM1; p={packed(RSA, PrivateFormat.PKCS8)[:80]}!", False, {"private-key-published"}),
    (f"v=DKIM1; n=BEGIN PRIVATE KEY; p={BIG}", True, {"private-key-published"}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "usable", "codes"), TABLE)
def test_table(text: str, usable: bool, codes: set[str]) -> None:
    found = parse(text)
    assert {p.code for p in found.problems} == codes
    assert (found.record is not None) is usable
    assert all(0 <= p.start <= p.end <= max(1, len(text)) for p in found.problems)


def key(text: str) -> DkimKey:
    record = parse(text).record
    assert record is not None
    return record


def test_rsa_in_both_packings() -> None:
    spki, pkcs1 = key(f"v=DKIM1; p={SPKI}"), key(f"v=DKIM1; p={PKCS1}")
    assert (spki.form, spki.bits, spki.exponent) == (Form.SPKI, 1024, 65537)
    assert (pkcs1.form, pkcs1.bits, pkcs1.exponent) == (Form.PKCS1, 1024, 65537)
    assert spki.public_key() == pkcs1.public_key() == RSA.public_key()


def test_ed25519() -> None:
    record = key(f"v=DKIM1; k=ed25519; p={ED_RAW}")
    assert (record.form, record.bits, record.exponent) == (Form.RAW, 256, 0)
    assert record.public_key() == ED.public_key()


def test_the_words_of_a_record() -> None:
    record = key(f"k=rsa; h=sha1: sha256; s=email; t=y:s; n=a b; g=x; q=1; p={SPKI}")
    assert record.v is None
    assert record.h == ("sha1", "sha256")
    assert (record.testing, record.strict, record.for_email, record.revoked) == (
        True, True, True, False,
    )  # fmt: skip
    assert record.allows("sha256")
    assert not record.allows("sha512")
    assert (record.n, record.g, record.others) == ("a b", "x", (("q", "1"),))


def test_a_revoked_key_and_an_unknown_type_hold_none() -> None:
    for text in ("v=DKIM1; p=", f"v=DKIM1; k=dsa; p={SPKI}"):
        record = key(text)
        assert (record.public_key(), record.form, record.bits) == (None, Form.NONE, 0)
    assert key("v=DKIM1; p=").revoked


def test_a_wrapped_ed25519_key_is_unwrapped_in_the_message() -> None:
    (problem,) = parse(f"v=DKIM1; k=ed25519; p={ED_SPKI}").problems
    assert f"p={ED_RAW}" in problem.message


@pytest.mark.parametrize("exponent", [1, 2, 65536])
def test_impossible_exponents(exponent: int) -> None:
    good = base64.b64decode(PKCS1)
    assert good.endswith(b"\x02\x03\x01\x00\x01")
    bad = text64(good[:-3] + exponent.to_bytes(3, "big"))
    assert parse(f"v=DKIM1; p={bad}").has("bad-key")


SAME = [
    (f"p={SPKI}", f"v=DKIM1; k=rsa; p={PKCS1}", True),
    (f"p={SPKI}", f"p={SPKI[:9]} {SPKI[9:]}; t=s", True),
    (f"p={SPKI}", f"p={public_text(OTHER)[1]}", False),
    (f"p={SPKI}", f"k=ed25519; p={ED_RAW}", False),
    (f"k=ed25519; p={ED_RAW}", f"v=DKIM1; k=ed25519; p={ED_RAW}", True),
    (f"p={SPKI}", "p=", False),
    ("p=", "p=", False),
    ("k=new; p=AAAA", "k=new; p=AAAA", True),
    ("k=new; p=AAAA", "k=new; p=AAAB", False),
    ("k=new; p=!", "k=new; p=?", False),
    ("k=new; p=AAAA", "k=newer; p=AAAA", False),
]


@pytest.mark.parametrize(("one", "other", "same"), SAME)
def test_same_key(one: str, other: str, same: bool) -> None:
    assert same_key(key(one), key(other)) is same
    assert same_key(key(other), key(one)) is same


def test_public_text_is_what_we_read() -> None:
    for private in (RSA, ED):
        k, p = public_text(private)
        assert key(render(DkimKey(p, k))).public_key() == private.public_key()


def test_rendered_order() -> None:
    written = render(DkimKey("AAAA", t=("s",), h=("sha256",), s=("email",)))
    assert written == "v=DKIM1; k=rsa; h=sha256; s=email; t=s; p=AAAA"


words = st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True)
plain = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters=";"), max_size=20
).map(str.strip)
lists = st.lists(words, max_size=3).map(tuple)


keys = st.sampled_from(
    [("rsa", SPKI), ("rsa", PKCS1), ("rsa", ""), ("ed25519", ED_RAW), ("x", "A")]
)
records = st.builds(
    lambda key, **rest: DkimKey(key[1], key[0], **rest),
    keys,
    v=st.none() | st.just("DKIM1"),
    h=st.none() | lists,
    s=lists,
    t=lists,
    n=plain,
    g=st.none() | plain,
    others=st.dictionaries(st.sampled_from(["a", "b2", "Z_"]), plain).map(lambda d: (*d.items(),)),
)


@given(records)
def test_round_trip(record: DkimKey) -> None:
    found = parse(render(record)).record
    assert found is not None
    told = {"form": Form.NONE, "bits": 0, "exponent": 0}  # what parsing learns from the key
    assert replace(found, **told) == record
    assert parse(render(found)).record == found


@given(st.text())
def test_any_text(text: str) -> None:
    parse(text)


@given(st.text(alphabet='vkphstg=;: rsaDKIM1y*"&AQ+/\r\n'))
def test_near_misses_round_trip(text: str) -> None:
    record = parse(text).record
    if record is not None:
        assert parse(render(record)).record == record


@given(st.binary(max_size=200), st.sampled_from(["rsa", "ed25519", "x"]))
def test_any_octets(octets: bytes, k: str) -> None:
    found = parse(f"v=DKIM1; k={k}; p={text64(octets)}")
    if k == "ed25519" and len(octets) == 32:
        assert found.record is not None


@given(st.integers(0, 200), st.integers(0, 255))
def test_a_changed_octet_never_raises(at: int, value: int) -> None:
    octets = bytearray(base64.b64decode(SPKI))
    octets[at % len(octets)] = value
    parse(f"p={text64(bytes(octets))}")
