"""DANE verdicts on chains made on the spot (RFC 7672 §2.2, §3)."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from certificates import NOW, issued, root
from mailworthy.dane.record import Matching, Selector, Tlsa, Usage, from_certificate
from mailworthy.dane.verdict import Result, judge

ROOT = root()
BETWEEN = ROOT.issue(authority=True, title="Between")
LEAF = BETWEEN.issue("mail.example.com")
CHAIN = [LEAF.der, BETWEEN.der, ROOT.der]
EE, TA = Usage.DANE_EE, Usage.DANE_TA
STRANGER = issued(["mail.example.com"]).der
NAMES = ("mail.example.com", "example.com")


def ta(der: bytes, selector: Selector = Selector.CERT) -> Tlsa:
    return from_certificate(der, TA, selector)


LATE = BETWEEN.issue("mail.example.com", start=NOW - timedelta(days=100), days=10)
OTHER = BETWEEN.issue("other.example")
FALSE_BETWEEN = issued(authority=True, title="Between")
FORGED = FALSE_BETWEEN.issue("mail.example.com")
NO_AUTHORITY = ROOT.issue("no-ca.example")
BELOW = NO_AUTHORITY.issue("mail.example.com")


@pytest.mark.parametrize(
    ("records", "chain", "expected", "section"),
    [
        ([from_certificate(LEAF.der)], CHAIN, "verified", "3.1.1"),
        ([from_certificate(LATE.der)], [LATE.der], "verified", "3.1.1"),
        ([from_certificate(OTHER.der)], [OTHER.der], "verified", "3.1.1"),
        ([from_certificate(STRANGER), from_certificate(LEAF.der)], CHAIN, "verified", "3.1.1"),
        ([from_certificate(STRANGER)], CHAIN, "failed", "2.2"),
        ([from_certificate(LEAF.der)], [], "failed", "2.2"),
        ([ta(BETWEEN.der)], CHAIN, "verified", "3.1.2"),
        ([ta(ROOT.der, Selector.SPKI)], CHAIN, "verified", "3.1.2"),
        ([ta(ROOT.der)], CHAIN[:2], "failed", "2.2"),
        ([ta(LEAF.der)], CHAIN, "failed", "2.2"),
        ([from_certificate(BETWEEN.der)], CHAIN, "failed", "2.2"),
        ([ta(BETWEEN.der)], [LATE.der, BETWEEN.der], "failed", "3.1.2"),
        ([ta(BETWEEN.der)], [OTHER.der, BETWEEN.der], "failed", "3.2"),
        ([ta(BETWEEN.der)], [FORGED.der, BETWEEN.der], "failed", "3.1.2"),
        ([ta(ROOT.der)], [BELOW.der, NO_AUTHORITY.der, ROOT.der], "failed", "3.1.2"),
        ([ta(BETWEEN.der)], [b"no certificate", BETWEEN.der], "failed", "3.1.2"),
        ([Tlsa(1, 1, 1, b"x" * 32)], CHAIN, "encrypted", "2.2"),
        ([Tlsa(3, 1, 1, b"short")], CHAIN, "encrypted", "2.2"),
        ([Tlsa(3, 1, 1, b"short")], [], "failed", "2.2"),
    ],
)
def test_verdicts(
    records: Sequence[Tlsa], chain: Sequence[bytes], expected: str, section: str
) -> None:
    verdict = judge(records, chain, names=NAMES, now=NOW)
    assert (verdict.result, verdict.section) == (Result(expected), f"RFC 7672 §{section}")
    assert (verdict.matched is not None) == (expected == "verified")


def test_the_domain_itself_is_a_name_too() -> None:
    leaf = BETWEEN.issue("example.com")
    verdict = judge([ta(BETWEEN.der)], [leaf.der, BETWEEN.der], names=NAMES, now=NOW)
    assert verdict.result is Result.VERIFIED


def test_a_whole_key_matches_too() -> None:
    whole = from_certificate(LEAF.der, EE, Selector.SPKI, Matching.FULL)
    assert judge([whole], CHAIN, names=(), now=NOW).result is Result.VERIFIED


def test_a_verdict_is_no_truth() -> None:
    with pytest.raises(TypeError, match="truth"):
        bool(judge([from_certificate(LEAF.der)], CHAIN, names=(), now=NOW))
