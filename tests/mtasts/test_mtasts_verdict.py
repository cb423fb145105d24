"""MTA-STS verdicts (RFC 8461 §4, §5)."""

from datetime import timedelta

import pytest

from certificates import NOW, root
from mailworthy.lookup.model import Handshake
from mailworthy.mtasts.policy import Mode, StsPolicy
from mailworthy.mtasts.verdict import Result, judge

ROOT = root()


def shown(*names: str, untrusted: str = "", age: int = 10) -> Handshake:
    leaf = ROOT.issue(*names, start=NOW - timedelta(days=age), days=90)
    return Handshake("TLSv1.3", chain=(leaf.der,), untrusted=untrusted)


@pytest.mark.parametrize(
    ("exchange", "handshake", "expected"),
    [
        ("mail.example.com", shown("mail.example.com"), Result.VALID),
        ("mail.example.com", shown("*.example.com"), Result.VALID),
        ("b.mx.example.com", shown("b.mx.example.com"), Result.VALID),
        ("a.b.mx.example.com", shown("a.b.mx.example.com"), Result.MX_MISMATCH),
        ("other.example", shown("other.example"), Result.MX_MISMATCH),
        ("mail.example.com", None, Result.STARTTLS_NOT_SUPPORTED),
        ("mail.example.com", shown("www.example.com"), Result.HOST_MISMATCH),
        ("mail.example.com", shown("mail.example.com", age=100), Result.EXPIRED),
        ("mail.example.com", shown("mail.example.com", age=-1), Result.EXPIRED),
        ("mail.example.com", shown("mail.example.com", untrusted="unknown"), Result.NOT_TRUSTED),
        ("mail.example.com", Handshake("TLSv1.2"), Result.NOT_TRUSTED),
        ("mail.example.com", Handshake("TLSv1.2", chain=(b"?",)), Result.NOT_TRUSTED),
    ],
)
@pytest.mark.parametrize("mode", Mode)
def test_outcomes(mode: Mode, exchange: str, handshake: Handshake | None, expected: Result) -> None:
    policy = StsPolicy(mode, 86400, ("mail.example.com", "*.mx.example.com"))
    verdict = judge(policy, exchange, handshake, now=NOW)
    assert verdict.result is expected
    assert verdict.delivers == (expected is Result.VALID or mode is not Mode.ENFORCE)


def test_a_verdict_is_no_truth() -> None:
    with pytest.raises(TypeError, match="truth"):
        bool(judge(StsPolicy(Mode.NONE, 0), "a", None, now=NOW))
