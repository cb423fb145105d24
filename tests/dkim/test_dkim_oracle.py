"""dkimpy beside us: we verify what it signs, it verifies what we sign, and both judge what was
signed by hand in every way the RFC allows, what was changed afterwards, and odd key records.

Where we differ, a class of `peer_dkimpy` says why, and which section makes us right.
"""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, reject
from hypothesis import strategies as st

from agreement import MOST, Agreement
from mailworthy import dkim as ours
from mailworthy.dkim.canonical import Canonicalization
from mailworthy.dkim.hashing import Hashing
from mailworthy.dkim.signing import SigningKey
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status
from mailworthy.message.header import read
from mailworthy.names import to_ascii
from peer_dkimpy import CLASSES

theirs = pytest.importorskip("dkim", reason="dkimpy is among the oracles")
pytestmark = pytest.mark.oracle

NOW = datetime.now(UTC)  # dkimpy reads the clock
T = int(NOW.timestamp())
RSA = rsa.generate_private_key(65537, 1024)
ED = ed25519.Ed25519PrivateKey.generate()
PEM = RSA.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
SEED = ED.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
KEYS: dict[bool, Any] = {False: RSA, True: ED}
SELECTORS = {False: "r", True: "e"}
P = {ed: ours.public_text(key) for ed, key in KEYS.items()}
GOOD = {ed: f"v=DKIM1; k={k}; p={p}" for ed, (k, p) in P.items()}
AGREEMENT = Agreement("dkimpy", *CLASSES)


@pytest.fixture(autouse=True, scope="module")
def counted(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    AGREEMENT.tell(request.config)


class Zone:
    """One text at every selector of its key type, and both ways of asking for it."""

    def __init__(self, texts: dict[bool, str]) -> None:
        self.texts = texts

    def text(self, name: str) -> str | None:
        selector, _, domain = name.rstrip(".").partition("._domainkey.")
        known = domain in ("example.com", "xn--bcher-kva.example")
        return self.texts[selector == "e"] if known and selector in ("r", "e") else None

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        found = self.text(ask.name)
        if found is None:
            return Answer(ask, Status.ABSENT, rcode="NXDOMAIN")
        return Answer(ask, Status.FOUND, records=(found,))

    def dnsfunc(self, name: bytes, timeout: int = 5) -> bytes | None:
        selector, mark, domain = name.decode().partition("._domainkey.")
        found = self.text(selector + mark + to_ascii(domain))
        return None if found is None else found.encode()


WORLD = Zone(GOOD)


def judged(message: bytes, zone: Zone = WORLD) -> ours.DkimSignature:
    return ours.verify(message, resolver=zone, now=NOW).signatures[0]


def we_accept(message: bytes) -> bool:
    return judged(message).result is ours.Result.PASS


def they_accept(message: bytes, zone: Zone = WORLD) -> bool:
    try:
        return bool(theirs.verify(message, dnsfunc=zone.dnsfunc))
    except Exception:  # noqa: BLE001 - it raises whatever its decoders raise
        return False


def compare(message: bytes, ed: bool, zone: Zone = WORLD) -> None:
    """Both say the same of the first signature, or a class says why not."""
    found = judged(message, zone)
    accepted = found.result is ours.Result.PASS
    AGREEMENT.hold(accepted, they_accept(message, zone), read(message), zone.texts[ed], found)


# What is signed

OCTETS = [b"a", b"B", b" ", b"\t", b"  ", b"\r\n ", b"\r\n\t", b"\r\n \r\n ", b";", b"=", b":"]
ODD = [b"\xc3\xa4", b"\xff", b"\x0b"]
VALUES = st.lists(st.sampled_from(OCTETS * 4 + ODD), max_size=12).map(b"".join)
LINES = [b" ", b"\t", b"  ", b"\r\n", b"\r\n\r\n", b" \r\n", b"\t\r\n", b"\r", b"\n", b"\r\r\n"]
WORDS = st.sampled_from([b"a", b"word", b"\0", b"\xff", b"\xe2\x82\xac", *LINES])
ENDS = st.sampled_from([b"", b"\r\n", b"\r\n\r\n\r\n", b" \r\n \r\n", b"\n\n", b" "])
BODIES = st.builds(bytes.__add__, st.lists(WORDS, max_size=25).map(b"".join), ENDS)
KNOWN = [b"To", b"Subject", b"X-One", b"x-one", b"Received", b"List-ID"]
NAMES = st.sampled_from([*KNOWN * 4, b"X-Two "])
FIELDS = st.lists(st.tuples(NAMES, VALUES), max_size=6)
AUTHORS = st.sampled_from([b" x@example.com", b" \xc3\xb6 <\xc3\xb6@b\xc3\xbccher.example>"])


def message_of(
    before: bytes, author: bytes, fields: list[tuple[bytes, bytes]], *rest: Any
) -> bytes:
    lines, body, lone = b"".join(n + b":" + v + b"z\r\n" for n, v in fields), *rest
    whole: bytes = b"From:" + before + author + b"\r\n" + lines + b"\r\n" + body
    return whole.replace(b"\r\n", b"\n") if lone else whole


LONE = st.sampled_from([False, False, False, True])
MESSAGES = st.builds(message_of, VALUES, AUTHORS, FIELDS, BODIES, LONE)
CANONICAL = st.sampled_from(
    ["simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed"]
)
TYPES = st.booleans() if find_spec("nacl") else st.just(False)  # dkimpy's way to Ed25519


# Who signs


def sign_theirs(message: bytes, c: str, ed: bool, length: bool) -> bytes:
    header, _, body = c.encode().partition(b"/")
    try:
        field: bytes = theirs.sign(
            message,
            SELECTORS[ed].encode(),
            b"example.com",
            base64.b64encode(SEED) if ed else PEM,
            canonicalize=(header, body),
            signature_algorithm=b"ed25519-sha256" if ed else b"rsa-sha256",
            include_headers=[b"from", b"to", b"subject", b"x-one", b"x-one"],
            length=length,
        )
    except theirs.MessageFormatError:
        reject()
    return field + message


def sign_ours(message: bytes, c: str, ed: bool, length: bool) -> bytes:
    signer = ours.signer("example.com", [(SELECTORS[ed], KEYS[ed])], canonicalization=c)
    return signer.sign(message, now=NOW)


class Hand(NamedTuple):
    """A signature as the RFC lets signers write it; times count from now, l= from the body."""

    c: str
    ed: bool
    h: tuple[str, ...]
    d: str
    i: str
    t: int | None
    x: int | None
    l: int | None  # noqa: E741 - the name of the tag
    q: str
    more: str
    between: str
    colon: str
    lines: str


def sign_by_hand(message: bytes, hand: Hand) -> bytes:
    header, _, body = (hand.c if "/" in hand.c else f"{hand.c}/simple").partition("/")
    hashing = Hashing(read(message))
    length = None if hand.l is None else max(0, len(hashing.body(Canonicalization(body))) + hand.l)
    digest = base64.b64encode(hashing.body_hash(Canonicalization(body), length)).decode()
    tags = {
        "v": "1",
        "a": "ed25519-sha256" if hand.ed else "rsa-sha256",
        "c": hand.c,
        "d": hand.d,
        "s": SELECTORS[hand.ed],
        "i": hand.i + hand.d if hand.i else "",
        "t": "" if hand.t is None else str(T + hand.t),
        "x": "" if hand.x is None else str(T + hand.x),
        "l": "" if length is None else str(length),
        "q": hand.q,
        "h": hand.colon.join(hand.h),
        "bh": digest,
        "b": "",
    }
    pairs = [f"{name}={value}" for name, value in tags.items() if value or name == "b"]
    own = f"DKIM-Signature: {hand.more}{hand.between.join(pairs)}".encode()
    names = [name.strip().lower().encode() for name in hand.h]
    data = hashing.header(names, own, Canonicalization(header))
    made = base64.b64encode(SigningKey("s", KEYS[hand.ed]).sign(data)).decode()
    broken = hand.lines.join(made[i : i + 60] for i in range(0, len(made), 60))
    return own + broken.encode() + b"\r\n" + message


HOUR = 3600
HANDS = st.builds(
    Hand,
    c=CANONICAL | st.sampled_from(["simple", "relaxed"]),
    ed=TYPES,
    h=st.lists(
        st.sampled_from(["To", "subject", "X-One", "x-one", "Absent", "Received", "From"]),
        max_size=6,
    ).map(lambda names: ("From", *names)),
    d=st.sampled_from(
        ["example.com", "EXAMPLE.com", "xn--bcher-kva.example", "b\u00fccher.example"]
    ),
    i=st.sampled_from(["", "", "@", "joe@", "@sub.", "j=40oe@a.b."]),
    t=st.none() | st.sampled_from([0, -HOUR, -99 * HOUR, 5 * HOUR, 99 * HOUR]),
    x=st.none() | st.sampled_from([HOUR, 99 * HOUR, -5 * HOUR, -99 * HOUR, 0]),
    l=st.none() | st.sampled_from([0, -1, -3, -(10**6), 7]),
    q=st.sampled_from(["", "dns/txt", "dns/txt", "dns/txt:x", "http"]),
    more=st.sampled_from(["", "z=From:a=40b|To:c; ", "x-y=1; ", "\r\n\t"]),
    between=st.sampled_from(["; ", ";", ";\r\n\t", " ; ", ";\r\n  "]),
    colon=st.sampled_from([":", " : ", ":\r\n\t"]),
    lines=st.sampled_from(["", " ", "\r\n\t", "\r\n "]),
)  # fmt: skip


# Both ways, unchanged


@given(MESSAGES, CANONICAL, TYPES)
def test_they_accept_what_we_sign(message: bytes, c: str, ed: bool) -> None:
    signed = sign_ours(message, c, ed, False)
    assert we_accept(signed)
    compare(signed, ed)


@given(MESSAGES, CANONICAL, TYPES, st.booleans())
def test_we_accept_what_they_sign(message: bytes, c: str, ed: bool, length: bool) -> None:
    signed = sign_theirs(message, c, ed, length)
    assert they_accept(signed)
    compare(signed, ed)


@given(MESSAGES, HANDS)
def test_both_judge_alike_what_the_rfc_allows(message: bytes, hand: Hand) -> None:
    compare(sign_by_hand(message, hand), hand.ed)


# Changed after signing

PUT = st.sampled_from(
    [b"", b" ", b"\t", b"\r\n", b"\n", b"\r", b"a", b"\xc3", b"X-One: more\r\n", b"From: y\r\n",
     b"to: z\r\n", b"\r\n ", b"b=1;", b":"]
)  # fmt: skip
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 2), PUT), min_size=1, max_size=3)


def changed(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for where, cut, put in changes:
        at = int(where * len(data))
        data = data[:at] + put + data[at + cut :]
    return data


SIGNED = st.one_of(
    *[
        st.builds(lambda ed, sign=sign, **kept: (ed, sign(ed=ed, **kept)), TYPES, **arguments)
        for sign in (sign_ours, sign_theirs)
        for arguments in [{"message": MESSAGES, "c": CANONICAL, "length": st.booleans()}]
    ],
    st.builds(lambda message, hand: (hand.ed, sign_by_hand(message, hand)), MESSAGES, HANDS),
)


@given(SIGNED, CHANGES)
def test_both_judge_alike_what_was_changed(
    signed: tuple[bool, bytes], changes: list[tuple[float, int, bytes]]
) -> None:
    ed, message = signed
    field, name, rest = message.partition(b"\r\nFrom:")
    data = field + changed(name + rest, changes)
    if read(data).count(b"dkim-signature") == 1:
        compare(data, ed)


@given(SIGNED, CHANGES)
def test_both_judge_alike_a_signature_that_was_changed(
    signed: tuple[bool, bytes], changes: list[tuple[float, int, bytes]]
) -> None:
    ed, message = signed
    name, colon, rest = message.partition(b":")
    field, author, kept = rest.partition(b"\r\nFrom:")
    data = name + colon + changed(field, changes) + author + kept
    if read(data).count(b"dkim-signature") == 1:
        compare(data, ed)


# Key records

DER = base64.b64decode(P[False][1])
PRIVATE = RSA.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
MATERIAL = st.sampled_from(
    [P[False][1]] * 9
    + [P[False][1][:100] + " \t" + P[False][1][100:], P[False][1] + "=", P[False][1][:-4] + "AAAA",
       P[False][1][:100] + '" "' + P[False][1][100:], base64.b64encode(DER + b"x").decode(),
       base64.b64encode(PRIVATE).decode(), P[True][1], "", "AAAA", P[False][1][:-8]]
)  # fmt: skip
TAG = st.sampled_from(
    ["k=rsa", "k=ed25519", "k=x", "h=sha256", "h=sha1", "h=sha1:sha256", "s=*", "s=email", "s=",
     "s=tlsrpt", "s=tlsrpt : *", "t=y", "t=s", "t=y:s", "n=note", "g=*", "g=", "x-y=1", "x=1", "",
     "K=rsa"]
)  # fmt: skip
VERSION = st.sampled_from(["v=DKIM1"] * 6 + ["", "v=DKIM2", "v=dkim1", "v = DKIM1"])
RECORDS = st.builds(
    lambda first, tags, p, last: "; ".join([first, *tags, f"p={p}", *last]),
    VERSION,
    st.lists(TAG, max_size=3),
    MATERIAL,
    st.lists(TAG | st.sampled_from(["v=DKIM1", ""]), max_size=1),
)


@given(RECORDS, st.sampled_from(["", "@sub."]), MESSAGES)
def test_both_judge_alike_by_any_key_record(text: str, identity: str, message: bytes) -> None:
    hand = Hand("relaxed/relaxed", False, ("From",), "example.com", identity, None, None, None, "",
                "", "; ", ":", " ")  # fmt: skip
    compare(sign_by_hand(message, hand), False, Zone({False: text, True: text}))


# The classes


SIMPLE = Hand("relaxed/relaxed", False, ("From",), "example.com", "", None, None, None, "", "",
              "; ", ":", " ")  # fmt: skip
PLAIN = b"From: a@example.com\r\n\r\nbody"
REAL: list[tuple[bytes, Hand, str]] = [
    (PLAIN + b" ", SIMPLE, GOOD[False]),
    (b"From: a@example.com\x0b\r\n\r\nbody", SIMPLE, GOOD[False]),
    (b"From: a@example.com\r\nnonsense\r\n\r\nbody", SIMPLE, GOOD[False]),
    (PLAIN, SIMPLE._replace(x=-5 * HOUR), GOOD[False]),
    (PLAIN, SIMPLE._replace(l=7), GOOD[False]),
    (PLAIN, SIMPLE._replace(q="dns/txt:x"), GOOD[False]),
    (PLAIN, SIMPLE, f'v=DKIM1; p={P[False][1][:100]}" "{P[False][1][100:]}'),
    (PLAIN, SIMPLE, f"k=rsa; v=DKIM1; p={P[False][1]}"),
    (PLAIN, SIMPLE, f"v=DKIM1; s=tlsrpt:*; p={P[False][1]}"),
    (PLAIN, SIMPLE, f"v=DKIM1; h=sha1; p={P[False][1]}"),
]


@pytest.mark.parametrize("index", range(len(CLASSES)), ids=[one.name for one in CLASSES])
def test_every_class_is_real(index: int) -> None:
    """A class that no message falls in would hide the next mistake."""
    message, hand, text = REAL[index]
    zone = Zone({False: text, True: text})
    signed = sign_by_hand(message, hand)
    found = judged(signed, zone)
    assert (found.result is ours.Result.PASS) != they_accept(signed, zone)
    assert CLASSES[index].fits(read(signed), text, found)


def test_they_are_few() -> None:
    assert len(CLASSES) <= MOST
    assert all("§" in one.section for one in CLASSES)
