"""Validation of chains: every outcome, and what DNS has to do with it."""

import asyncio
import base64
import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from arc_forge import (
    KEYS,
    MESSAGE,
    NOW,
    OTHER,
    RSA,
    T,
    check,
    forge,
    record,
    sealed,
    zone,
)
from mailworthy import arc
from mailworthy.arc import engine
from mailworthy.arc.result import SECTIONS
from mailworthy.dkim.result import Length, Policy
from mailworthy.dkim.result import Result as Signed
from mailworthy.errors import UsageError
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed

TWO = forge(forge())
THREE = forge(TWO)


def without(message: bytes, field: str) -> bytes:
    """Without the topmost field of this name; folding is not written by `forge`."""
    lines = message.split(b"\r\n")
    lines.remove(next(line for line in lines if line.startswith(field.encode())))
    return b"\r\n".join(lines)


def test_a_chain_passes() -> None:
    found = check(THREE)
    assert (found.result, found.code, found.oldest_pass) == (arc.Result.PASS, "good", 0)
    assert [(s.i, s.status, s.domain, s.selector) for s in found.instances] == [
        (1, "none", "example.com", "sel"),
        (2, "pass", "example.com", "sel"),
        (3, "pass", "example.com", "sel"),
    ]
    assert all(s.seal.result is Signed.PASS for s in found.instances)
    assert all(s.message_signature.result is Signed.PASS for s in found.instances)
    assert not found.testing
    results = found.instances[0].results
    assert results is not None
    assert results.authserv_id == "mx.example.com"
    assert results.results[0].get("smtp", "mailfrom") == "joe@example.com"


def test_no_chain_is_none() -> None:
    found = check(MESSAGE)
    assert (found.result, found.code, found.instances) == (arc.Result.NONE, "no-chain", ())
    assert found.oldest_pass is None


def test_a_result_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="no truth value"):
        bool(check(MESSAGE))


def test_text_is_refused_loudly() -> None:
    with pytest.raises(UsageError, match="a message is bytes"):
        arc.verify("From: a\r\n\r\n", resolver=KEYS)  # type: ignore[arg-type]


def test_asyncio_says_the_same() -> None:
    assert asyncio.run(arc.averify(TWO, resolver=KEYS, now=NOW)) == check(TWO)


def test_the_note_names_the_draft() -> None:
    assert "draft-ietf-dmarc-arc-to-historic" in arc.RETIRED


# Structure (RFC 8617 §5.2 steps 1 to 3)

STRUCTURES: list[tuple[str, bytes]] = [
    ("field-missing", without(TWO, "ARC-Seal")),
    ("field-missing", without(TWO, "ARC-Message-Signature")),
    ("field-missing", without(TWO, "ARC-Authentication-Results")),
    ("field-repeated", b"ARC-Seal: i=1; a=b\r\n" + forge()),
    ("field-repeated", b"ARC-Authentication-Results: i=2; a; none\r\n" + TWO),
    ("set-missing", forge(i=2)),
    ("set-missing", forge(forge(), i=3)),
    ("bad-instance", forge(i=0)),
    ("bad-instance", forge(results=" mx.example.com; none")),
    ("bad-instance", forge(results=" mx.example.com; i={}; none")),
    ("bad-instance", forge(results=" i={} mx.example.com; none")),
    ("bad-instance", forge(results=" i=(")),
    ("bad-instance", forge(results=' i="{}" (); none')),
    ("bad-instance", forge(ams={"i": "x"})),
    ("bad-instance", forge(ams={"i": "\u0661"})),
    ("bad-instance", forge(ams={"i": None})),
    ("bad-instance", forge(seal={"i": ""})),
    ("bad-instance", forge(seal={"i": "001"})),
    ("bad-instance", b"ARC-Seal: nonsense\r\n" + forge()),
    ("bad-instance", b"ARC-Authentication-Results:\r\n" + MESSAGE),
    ("too-many-sets", forge(i=51)),
    ("too-many-sets", b"ARC-Seal: i=1; a=b\r\n" * 51 + MESSAGE),
    ("bad-status", forge(seal={"cv": None})),
    ("bad-status", forge(seal={"cv": ""})),
    ("bad-status", forge(seal={"cv": "pass"})),
    ("bad-status", forge(seal={"cv": "maybe"})),
    ("bad-status", forge(forge(), seal={"cv": "none"})),
    ("bad-status", forge(forge(seal={"cv": "fail"}))),
    ("failed-before", forge(seal={"cv": "fail"})),
    ("failed-before", forge(forge(), seal={"cv": "FAIL"})),
    ("failed-before", without(forge(forge(), seal={"cv": "fail"}), "ARC-Authentication-Results")),
    ("seal-names-fields", forge(seal={"h": "from"})),
    ("seal-names-fields", forge(forge(seal={"h": ""}))),
]


@pytest.mark.parametrize(("code", "message"), STRUCTURES)
def test_a_broken_structure_fails_and_asks_nobody(code: str, message: bytes) -> None:
    asking = engine.verify(message, now=NOW)
    with pytest.raises(StopIteration) as stop:
        next(asking)
    found = stop.value.value
    assert (found.result, found.code) == (arc.Result.FAIL, code)
    assert found.section == SECTIONS[code]
    assert not found.temporary
    assert not any(s.seal.evaluated and s.seal.result is Signed.PASS for s in found.instances)


# Signatures (steps 4 to 6)

GOOD: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"v": "9"}, {}),
    ({"unknown": "1"}, {"unknown": "1"}),
    ({"t": None}, {"t": None}),
    ({"h": ""}, {}),
    ({"h": "from::to"}, {}),
    ({"h": " From : to "}, {}),
    ({"h": "from:arc-authentication-results"}, {}),
    ({"c": None}, {}),
    ({"i": "01"}, {"i": "01"}),
    ({"i": "1 "}, {"cv": "NONE"}),
    ({"(a comment; i=2) i": "(;)1", "i": None}, {"i (())": " 1 (\\))", "i": None}),
    ({"l": "11"}, {}),
    ({}, {"c": "nonsense", "q": "no", "l": "x", "x": "1"}),
    ({"t": str(T + 3000)}, {"t": str(T + 3000)}),
    ({"x": str(T + 1)}, {}),
]


@pytest.mark.parametrize(("ams", "seal"), GOOD)
def test_good_tags(ams: dict[str, Any], seal: dict[str, Any]) -> None:
    found = check(forge(ams=ams, seal=seal))
    assert found.result is arc.Result.PASS, found.reason


@pytest.mark.parametrize(
    "results",
    ["i={};", "i={};;;;", "i={}; (", " ( a (b) ) i (;i=2) = {} () ; mx", "\r\n\ti={}\r\n ; mx"],
)
def test_what_results_say_does_not_spoil_a_chain(results: str) -> None:
    assert check(forge(results=results)).result is arc.Result.PASS


BAD: list[tuple[str, dict[str, Any]]] = [
    *[("missing-tag", {name: None}) for name in ("a", "b", "d", "s")],
    ("unknown-algorithm", {"a": "rsa-sha512"}),
    ("sha1", {"a": "rsa-sha1"}),
    ("bad-base64", {"b": "!"}),
    ("bad-base64", {"b": ""}),
    ("signature-wrong", {"b": "AAAA"}),
    ("bad-domain", {"d": "example..."}),
    ("bad-selector", {"s": ""}),
    ("bad-number", {"t": "-1"}),
    ("from-the-future", {"t": str(T + 4000)}),
    ("no-key", {"s": "none"}),
    ("signature-wrong", {"s": "other"}),
    ("key-name-impossible", {"s": ".".join(["a" * 60] * 4)}),
    ("key-type-differs", {"a": "ed25519-sha256"}),
]


@pytest.mark.parametrize(("code", "tags"), BAD)
def test_bad_tags_of_a_seal(code: str, tags: dict[str, Any]) -> None:
    found = check(forge(seal=tags))
    assert (found.result, found.code) == (arc.Result.FAIL, "seal")
    assert found.instances[0].seal.code == code
    assert found.reason == f"ARC-Seal of set 1: {found.instances[0].seal.reason}"


@pytest.mark.parametrize(
    ("code", "tags"),
    [
        *BAD,
        ("missing-tag", {"bh": None}),
        ("missing-tag", {"h": None}),
        ("body-changed", {"bh": "AAAA"}),
        ("bad-base64", {"bh": ""}),
        ("bad-h", {"h": "from:ARC-Seal"}),
        ("bad-h", {"h": "from:a b"}),
        ("expired", {"x": str(T - 4000), "t": None}),
        ("unknown-canonicalization", {"c": ""}),
        ("unknown-query", {"q": "web"}),
        ("length-beyond-body", {"l": "99"}),
    ],
)
def test_bad_tags_of_a_message_signature(code: str, tags: dict[str, Any]) -> None:
    found = check(forge(ams=tags))
    assert (found.result, found.code) == (arc.Result.FAIL, "message-signature")
    assert found.instances[0].message_signature.code == code
    assert not found.instances[0].seal.evaluated


def test_a_broken_older_message_signature_is_no_fail() -> None:
    first = forge(ams={"d": ""})
    found = check(forge(forge(first)))
    assert (found.result, found.oldest_pass) == (arc.Result.PASS, 2)
    assert found.instances[0].message_signature.code == "bad-domain"


def test_a_list_of_tags_that_cannot_be_read_still_has_its_place() -> None:
    first = forge(ams={"i": None, "i=1; a=1; a": "2"})
    assert check(first).instances[0].message_signature.code == "bad-tag-list"
    found = check(forge(first))
    assert (found.result, found.oldest_pass) == (arc.Result.PASS, 2)


def test_oldest_pass_when_a_list_changed_the_body() -> None:
    changed = forge(forge()) + b"-- \r\nlist footer\r\n"
    found = check(forge(forge(changed)))
    assert (found.result, found.oldest_pass) == (arc.Result.PASS, 3)
    first, second = [s.message_signature for s in found.instances[:2]]
    assert second.code == "body-changed"
    assert not first.evaluated


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("message-signature", b"Subject: Hello", b"Subject: Hullo"),
        ("message-signature", b"Hi  there.", b"Hi  where."),
        ("message-signature", b"From: Joe", b"From: eve@example.net\r\nFrom: Joe"),
        ("seal", b"spf=pass", b"spf=fail"),
        ("seal", b"i=1; mx", b"i=1; my"),
    ],
)
def test_changes_are_noticed(code: str, old: bytes, new: bytes) -> None:
    found = check(TWO.replace(old, new, 1))
    assert (found.result, found.code) == (arc.Result.FAIL, code)


def test_a_from_put_below_is_noticed_too() -> None:
    found = check(forge().replace(b"To: list", b"From: eve@example.net\r\nTo: list"))
    assert found.result is arc.Result.FAIL


def test_an_added_from_is_a_fail_as_in_dkim() -> None:
    found = check(b"From: eve@example.net\r\n" + forge())
    assert (found.code, found.instances[0].message_signature.code) == (
        "message-signature",
        "from-added",
    )


def test_sets_may_stand_in_any_order() -> None:
    lines = TWO.split(b"\r\n")
    sets, rest = lines[:6], lines[6:]
    assert check(b"\r\n".join([*sorted(sets), *rest])).result is arc.Result.PASS


# l=


@pytest.mark.parametrize(
    ("length", "policy", "code"),
    [
        ("5", Policy(length=Length.IGNORE_FOR_DMARC), "length-leaves-room"),
        ("11", Policy(length=Length.IGNORE_FOR_DMARC), "good"),
        ("5", Policy(length=Length.HONOUR), "good"),
        ("11", Policy(length=Length.REFUSE), "message-signature"),
    ],
)
def test_body_length(length: str, policy: Policy, code: str) -> None:
    digest = hashlib.sha256(b"Hi there.\r\n"[: int(length)]).digest()
    signed = forge(ams={"l": length, "bh": base64.b64encode(digest).decode()})
    found = check(signed, policy=policy)
    assert found.code == code
    assert found.section == SECTIONS[code]


# Keys and DNS


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("key-revoked", "v=DKIM1; p="),
        ("key-syntax", "v=DKIM1; k=rsa; omg"),
        ("service-differs", record(tags=" s=tlsrpt;")),
        ("hash-not-allowed", record(tags=" h=sha1;")),
    ],
)
def test_keys_that_are_not_fit(code: str, text: str) -> None:
    found = check(forge(), zone(sel=text))
    assert found.instances[0].message_signature.code == code
    assert found.result is arc.Result.FAIL


def test_a_small_key_is_none() -> None:
    found = check(forge(), policy=Policy(min_bits=2048))
    assert found.instances[0].message_signature.code == "key-too-small"


def test_a_key_in_testing_is_told() -> None:
    found = check(forge(seal={"s": "t"}))
    assert found.result is arc.Result.PASS
    assert found.testing


def test_ed25519() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    signed = forge(ams={"a": "ed25519-sha256"}, seal={"a": "ed25519-sha256"}, key=key)
    assert check(signed, zone(sel=record(key))).result is arc.Result.PASS


def test_names_in_letters_of_the_world() -> None:
    signed = forge(ams={"d": "b\u00fccher.example"}, seal={"d": "b\u00fccher.example"})
    name = "sel._domainkey.xn--bcher-kva.example. 60 IN TXT"
    memory = Memory.from_zone(f'{name} "{record()}"\n')
    found = check(signed, memory)
    assert found.result is arc.Result.PASS
    assert found.instances[0].domain == "xn--bcher-kva.example"


class Silent:
    """Gives no answer about some selectors."""

    def __init__(self, why: Why, *selectors: str) -> None:
        self.why, self.selectors = why, selectors

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        if ask.name.partition(".")[0] in self.selectors:
            return failed(ask, self.why)
        return KEYS.instant(ask)


@pytest.mark.parametrize("why", [w for w in Why if w is not Why.BAD_NAME])
def test_trouble_with_dns_is_told_from_a_fail(why: Why) -> None:
    found = check(TWO, Silent(why, "sel"))
    assert (found.result, found.code) == (arc.Result.FAIL, "key-unavailable")
    assert found.temporary
    assert found.section == "RFC 8617 §5.2.1"
    assert found.instances[1].message_signature.result is Signed.TEMPERROR
    assert found.instances[1].seal.result is Signed.TEMPERROR


def test_what_is_wrong_for_good_counts_before_what_was_not_answered() -> None:
    mixed = forge(forge(seal={"b": "AAAA"}), ams={"s": "other"}, seal={"s": "other"}, key=OTHER)
    found = check(mixed, Silent(Why.TIMEOUT, "other"))
    assert (found.code, found.temporary) == ("seal", False)
    found = check(forge(forge(), seal={"s": "t"}), Silent(Why.TIMEOUT, "t"))
    assert (found.code, found.temporary) == ("key-unavailable", True)


def test_no_answer_about_an_older_message_signature_moves_only_oldest_pass() -> None:
    first = forge(ams={"s": "t"})
    found = check(forge(first), Silent(Why.TIMEOUT, "t"))
    assert (found.result, found.oldest_pass) == (arc.Result.PASS, 2)
    assert found.instances[0].message_signature.result is Signed.TEMPERROR


def test_one_round_of_questions_each_asked_once() -> None:
    message = forge(forge(ams={"s": "other"}, key=RSA), seal={"s": "t"})
    asking = engine.verify(message, now=NOW)
    batch = next(asking)
    assert sorted(a.name for a in batch if isinstance(a, Question)) == [
        f"{selector}._domainkey.example.com" for selector in ("other", "sel", "t")
    ]
    with pytest.raises(StopIteration):
        asking.send(tuple(KEYS.instant(a) for a in batch))


@pytest.mark.parametrize(
    "message",
    [
        forge(seal={"a": "no"}),
        forge(forge(seal={"d": None})),
        forge(ams={"a": None}),
        forge() + b"more",
    ],
)
def test_nobody_is_asked_about_a_chain_that_cannot_pass(message: bytes) -> None:
    with pytest.raises(StopIteration) as stop:
        next(engine.verify(message, now=NOW))
    assert stop.value.value.result is arc.Result.FAIL


def test_several_records_at_a_selector() -> None:
    class Both:
        def instant(self, ask: Ask) -> Reply:
            assert isinstance(ask, Question)
            return Answer(ask, Status.FOUND, records=("v=DKIM1; p=", record(OTHER), record()))

    assert check(TWO, Both()).result is arc.Result.PASS


# The field for others


def test_the_result_for_others() -> None:
    words = check(TWO).authres("192.0.2.1")
    assert (words.method, words.result, words.reason) == ("arc", "pass", None)
    assert words.get("smtp", "remote-ip") == "192.0.2.1"
    assert words.get("header", "oldest-pass") == "0"
    none = check(MESSAGE).authres()
    assert (none.result, none.properties, none.reason) == ("none", (), None)
    fail = check(forge(seal={"cv": "fail"})).authres()
    assert (fail.result, fail.reason) == (
        "fail",
        "the chain had failed already when set 1 was added",
    )


def test_fifty_sets_hold() -> None:
    found = check(sealed(times=50))
    assert (found.result, len(found.instances), found.oldest_pass) == (arc.Result.PASS, 50, 0)


def test_every_outcome_has_been_seen() -> None:
    seen = {code for code, _ in STRUCTURES}
    elsewhere = {
        *("no-chain", "good", "message-signature", "seal", "length-leaves-room"),
        "key-unavailable",
    }
    assert seen | elsewhere == set(SECTIONS)
