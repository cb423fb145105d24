"""What a sender that follows MTA-STS makes of one MX host (RFC 8461 §4, §5)."""

from datetime import datetime
from enum import StrEnum
from typing import NoReturn

import msgspec

from mailworthy.certificate import covers, read
from mailworthy.lookup.model import Handshake
from mailworthy.mtasts.policy import Mode, StsPolicy, allows


class Result(StrEnum):
    """The outcome in the words that TLS reports use (RFC 8460 §4.3)."""

    VALID = "validated"
    MX_MISMATCH = "mx-mismatch"
    STARTTLS_NOT_SUPPORTED = "starttls-not-supported"
    HOST_MISMATCH = "certificate-host-mismatch"
    EXPIRED = "certificate-expired"
    NOT_TRUSTED = "certificate-not-trusted"


class StsVerdict(msgspec.Struct, frozen=True):
    """The outcome for one MX host. `delivers` tells whether mail goes there all the same."""

    result: Result
    reason: str
    section: str
    delivers: bool

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict has no truth value: compare its .result")


def judge(
    policy: StsPolicy, exchange: str, handshake: Handshake | None, *, now: datetime
) -> StsVerdict:
    """Hold an MX host (inside form) and what it showed against a policy.

    `handshake` is None where TLS could not be had. Under `testing` and `none` mail is
    delivered whatever fails, and is reported under `testing`.
    """
    result, reason, section = _judged(policy, exchange, handshake, now)
    good = result is Result.VALID or policy.mode is not Mode.ENFORCE
    return StsVerdict(result, reason, section, good)


def _judged(
    policy: StsPolicy, exchange: str, handshake: Handshake | None, now: datetime
) -> tuple[Result, str, str]:
    if not allows(policy, exchange):
        return Result.MX_MISMATCH, f"the policy does not name {exchange}", "RFC 8461 §4.1"
    section = "RFC 8461 §4.2"
    if handshake is None:
        return Result.STARTTLS_NOT_SUPPORTED, f"{exchange} gives no TLS", "RFC 8461 §4"
    return (*_shown(exchange, handshake, now), section)


def _shown(exchange: str, handshake: Handshake, now: datetime) -> tuple[Result, str]:
    """What the certificate of a host that the policy names is worth."""
    leaf = read(handshake.chain[0]).record if handshake.chain else None
    if leaf is None:
        return Result.NOT_TRUSTED, f"{exchange} shows no certificate that can be read"
    if not leaf.current(now):
        return Result.EXPIRED, f"the certificate of {exchange} is not in date"
    if not covers(leaf.names, exchange):
        return Result.HOST_MISMATCH, f"the certificate is not made out to {exchange}"
    if handshake.untrusted:
        return Result.NOT_TRUSTED, f"{exchange}: {handshake.untrusted}"
    return Result.VALID, f"{exchange} is named, and its certificate is good"
