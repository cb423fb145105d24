"""Sealing: what is added, when nothing is, and that it verifies."""

import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given
from hypothesis import strategies as st

from arc_forge import (
    KEYS,
    MESSAGE,
    NOW,
    OTHER,
    RESULTS,
    RSA,
    attempt,
    check,
    forge,
    record,
    sealed,
    zone,
)
from mailworthy import arc, dkim
from mailworthy.arc.fields import read_seal as parse_seal
from mailworthy.arc.sealer import Refusal, Sealer
from mailworthy.dkim.judge import is_signed
from mailworthy.errors import UsageError
from mailworthy.lookup.model import Ask, Why, failed
from mailworthy.message import authres
from mailworthy.message.authresmodel import AuthResults, MethodResult, Property
from mailworthy.message.header import read

ORDER = [b"arc-seal", b"arc-message-signature", b"arc-authentication-results"]


def test_one_set_is_put_on_top() -> None:
    done = attempt(MESSAGE, "none")
    assert done.message == done.fields + MESSAGE
    assert (done.instance, done.status, done.refused) == (1, arc.Result.NONE, None)
    assert list(read(done.message).names[:3]) == ORDER
    assert check(done.message).result is arc.Result.PASS
    assert (
        arc.seal(
            MESSAGE,
            domain="Example.COM",
            selector="sel",
            key=RSA,
            authserv_id="mx",
            results=RESULTS,
            verified=arc.Result.NONE,
            now=NOW,
        )
        == done.message
    )


def test_a_chain_goes_on() -> None:
    done = attempt(sealed(times=2), check(sealed(times=2)))
    found = check(done.message)
    assert (done.instance, done.status) == (3, arc.Result.PASS)
    assert (found.result, found.oldest_pass) == (arc.Result.PASS, 0)
    assert [s.status for s in found.instances] == ["none", "pass", "pass"]


def test_what_is_signed() -> None:
    signed = dkim.sign(MESSAGE, domain="example.com", selector="sel", key=RSA, now=NOW)
    signed = b"Authentication-Results: mx; none\r\n" + signed
    (one,) = check(sealed(signed)).instances
    assert one.message_signature.signature is not None
    names = one.message_signature.signature.h
    assert names.count(b"dkim-signature") == 1
    assert names.count(b"from") == 2
    assert not {name for name in names if name.startswith((b"arc-", b"authentication-results"))}


def test_results_are_carried() -> None:
    strange = MethodResult("dkim", "fail", reason='a "b"; c', comments=("\x1b[0m",))
    for results in (AuthResults("other", (*RESULTS, strange)), [*RESULTS, strange]):
        (one,) = check(attempt(MESSAGE, "none", results=results).message).instances
        assert one.results is not None
        assert one.results.authserv_id == "mx"
        assert one.results.results[:1] == RESULTS
        assert one.results.results[1].reason == 'a "b"; c'
        assert "\x1b" not in one.written


@pytest.mark.parametrize(
    ("results", "expected"),
    [([], [("arc", "none")]), ([MethodResult("arc", "pass")], [("arc", "pass")])],
)
def test_the_result_of_arc_is_among_them_once(results: Any, expected: Any) -> None:
    (one,) = check(attempt(MESSAGE, "none", results=results).message).instances
    assert one.results is not None
    assert [(r.method, r.result) for r in one.results.results] == expected


def test_the_oldest_pass_is_told() -> None:
    message = sealed(sealed() + b"footer")
    last = check(message).instances[-1].results
    assert last is not None
    assert last.results[-1].result == "fail"
    message = sealed(times=2)
    last = check(message).instances[-1].results
    assert last is not None
    assert last.results[-1].get("header", "oldest-pass") == "0"


def test_after_a_fail_only_the_own_set_is_covered() -> None:
    broken = sealed(times=2) + b"more"
    done = attempt(broken, check(broken))
    assert (done.instance, done.status) == (3, arc.Result.FAIL)
    found = check(done.message)
    assert found.code == "failed-before"
    seal = parse_seal(read(done.message).lines[0].partition(b":")[2]).signature.record
    key = dkim.parse(record()).record
    assert seal is not None
    assert key is not None
    assert is_signed(key, seal.b, hashlib.sha256(own_scope(done.fields)).digest())


def own_scope(fields: bytes) -> bytes:
    """What RFC 8617 §5.1.2 has the seal sign, put together by hand."""
    seal, signature, results = [line.partition(b":")[2] for line in read(fields).lines]
    names = (b"arc-authentication-results", b"arc-message-signature", b"arc-seal")
    values = (results, signature, seal[: seal.index(b"b=") + 2])
    pairs = zip(names, values, strict=True)
    return b"\r\n".join(name + b":" + b" ".join(value.split()) for name, value in pairs)


BROKEN = [
    b"ARC-Seal: nonsense\r\n" + MESSAGE,
    b"ARC-Seal: i=7; cv=pass\r\n" + forge(),
    forge().replace(b"cv=none", b"cv=pass"),
]


@pytest.mark.parametrize("message", BROKEN)
@pytest.mark.parametrize("verified", ["pass", "fail", None])
def test_a_broken_structure_is_sealed_as_a_fail_whatever_is_claimed(
    message: bytes, verified: str | None
) -> None:
    done = attempt(message, verified or check(message))
    assert done.status is arc.Result.FAIL
    assert done.message.endswith(message)
    assert check(done.message).code == "failed-before"


def test_highest_instance_and_one() -> None:
    assert [attempt(message, "fail").instance for message in BROKEN] == [1, 8, 2]


class Silent:
    def instant(self, ask: Ask) -> Any:
        return failed(ask, Why.TIMEOUT)


@pytest.mark.parametrize(
    ("message", "keys", "why"),
    [
        (forge(seal={"cv": "fail"}), KEYS, Refusal.FAILED_BEFORE),
        (forge(i=50), KEYS, Refusal.TOO_MANY_SETS),
        (forge(i=99), KEYS, Refusal.TOO_MANY_SETS),
        (b"ARC-Seal: i=1\r\n" * 51 + MESSAGE, KEYS, Refusal.TOO_MANY_SETS),
        (forge(), Silent(), Refusal.UNDETERMINED),
    ],
)
def test_a_refusal_leaves_the_message_as_it_was(message: bytes, keys: Any, why: Refusal) -> None:
    done = attempt(message, check(message, keys))
    assert (done.message, done.fields, done.refused) == (message, b"", why)
    assert (done.instance, done.status) == (0, None)


def test_the_fiftieth_set_is_the_last() -> None:
    message = sealed(times=50)
    assert attempt(message, check(message)).refused is Refusal.TOO_MANY_SETS


def test_what_sealing_came_to_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="no truth value"):
        bool(attempt(MESSAGE, "none"))


@pytest.mark.parametrize(
    ("text", "message", "options"),
    [
        ("has a chain", forge(), {"verified": "none"}),
        ("has a chain", forge(), {"verified": check(MESSAGE)}),
        ("has no chain", MESSAGE, {"verified": "pass"}),
        ("has no chain", MESSAGE, {"verified": check(forge())}),
        ("another chain", sealed(), {"verified": check(forge())}),
        ("another chain", forge(), {"verified": check(forge(forge()))}),
        ("no status", MESSAGE, {"verified": "temperror"}),
        ("without From", b"To: a\r\n\r\n", {"verified": "none"}),
        ("authserv-id", MESSAGE, {"verified": "none", "authserv_id": " "}),
        (
            "no lower-case keyword",
            MESSAGE,
            {"verified": "none", "results": [MethodResult("A", "b")]},
        ),
        ("no RSA or Ed25519", MESSAGE, {"verified": "none", "key": b"nonsense"}),
        ("not a domain name", MESSAGE, {"verified": "none", "domain": "a..b"}),
    ],
)
def test_misuse_is_told(text: str, message: bytes, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=text):
        attempt(message, **options)


def test_one_key_seals() -> None:
    two = dkim.signer("example.com", [("a", RSA), ("b", OTHER)])
    with pytest.raises(UsageError, match="one key"):
        Sealer(two, "mx")


def test_ed25519() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    message = attempt(MESSAGE, "none", key=key).message
    assert check(message, zone(sel=record(key))).result is arc.Result.PASS


def test_lines_end_as_those_of_the_message() -> None:
    message = attempt(MESSAGE.replace(b"\r\n", b"\n"), "none").message
    assert b"\r" not in message
    assert check(message).result is arc.Result.PASS


def test_a_line_of_mbox_stays_on_top() -> None:
    message = attempt(b"From joe Mon Nov 23 12:00:00 2026\r\n" + MESSAGE, "none").message
    assert message.startswith(b"From joe Mon Nov 23 12:00:00 2026\r\nARC-Seal: i=1;")
    assert check(message).result is arc.Result.PASS


def test_lines_are_short() -> None:
    long = [MethodResult("dkim", "pass", properties=(Property("header", "d", "a" * 60),))] * 5
    done = attempt(MESSAGE, "none", results=long)
    assert max(len(line) for line in done.fields.split(b"\r\n")) <= 78


WORDS = st.sampled_from(
    [b"a", b"B", b" ", b"\t", b"\r\n ", b";", b"=", b"\xc3\xa4", b"\x0b", b"\r"]
)
BODIES = st.lists(
    st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"\n", b" \r\n", b"\r", b"\0"]), max_size=20
)
TEXT = st.text(max_size=20)
ENTRIES = st.lists(
    st.builds(
        MethodResult,
        st.sampled_from(["spf", "dkim", "x-own"]),
        st.sampled_from(["pass", "fail"]),
        comments=st.lists(TEXT, max_size=2).map(tuple),
        reason=st.none() | TEXT,
        properties=st.lists(
            st.builds(Property, st.just("smtp"), st.just("mailfrom"), TEXT), max_size=2
        ).map(tuple),
    ),
    max_size=3,
)


@given(
    st.lists(WORDS, max_size=10).map(b"".join),
    BODIES.map(b"".join),
    ENTRIES,
    st.text(min_size=1, max_size=9),
)
def test_what_is_sealed_verifies(field: bytes, body: bytes, entries: Any, name: str) -> None:
    message = b"From: a@example.com" + field + b"x\r\nSubject:" + field + b"y\r\n\r\n" + body
    if not name.strip():
        return
    for times in range(2):
        done = attempt(message, check(message), results=entries, authserv_id=name)
        message = done.message
        found = check(message)
        assert (found.result, found.oldest_pass) == (arc.Result.PASS, 0), found.reason
        assert len(found.instances) == times + 1
        expected = authres.parse(authres.render(AuthResults(name, tuple(entries)))).record
        told = found.instances[-1].results
        assert told is not None
        assert expected is not None
        assert told.authserv_id == expected.authserv_id
        assert told.results[:-1] == expected.results
