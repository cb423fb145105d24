"""What verification says: one result a signature, in the words of RFC 8601 §2.7.1."""

from enum import StrEnum
from typing import NoReturn

import msgspec

from mailworthy.dkim.record import DkimKey
from mailworthy.dkim.signature import Signature


class Result(StrEnum):
    """RFC 8601 §2.7.1."""

    NONE = "none"
    PASS = "pass"
    FAIL = "fail"
    POLICY = "policy"
    NEUTRAL = "neutral"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


class Length(StrEnum):
    """What to make of l=, which lets anybody append text (RFC 6376 §8.2)."""

    HONOUR = "honour"
    IGNORE_FOR_DMARC = "ignore-for-dmarc"
    REFUSE = "refuse"


class Policy(msgspec.Struct, frozen=True):
    """What a verifier may choose.

    `max_signatures` are evaluated, from the top; `max_keys` records are tried at a selector.
    `skew` is what clocks may be wrong by, in seconds. `service` is what the key has to be for
    ("email", or "tlsrpt" as RFC 8460 §3 has it). With `testing_counts` a pass by a key with
    t=y is good for DMARC too, as large receivers have it against RFC 6376 §3.6.1.
    """

    length: Length = Length.HONOUR
    max_signatures: int = 10
    max_keys: int = 4
    min_bits: int = 1024
    max_bits: int = 8192
    skew: int = 3600
    service: str = "email"
    testing_counts: bool = False


POLICY = Policy()

# Fields of which every relay may add more (RFC 5322 §3.6.7, RFC 8601 §4.1, RFC 8617 §4).
TRACE = frozenset(
    (
        *(b"received", b"return-path", b"dkim-signature", b"authentication-results"),
        *(b"arc-seal", b"arc-message-signature", b"arc-authentication-results"),
    )
)

# What each outcome is called in RFC 8601, and the section that decides it.
OUTCOMES: dict[str, tuple[Result, str]] = {
    "good": (Result.PASS, "RFC 6376 §6.1.3"),
    "body-changed": (Result.FAIL, "RFC 6376 §6.1.3"),
    "signature-wrong": (Result.FAIL, "RFC 6376 §6.1.3"),
    "length-beyond-body": (Result.FAIL, "RFC 6376 §3.5"),
    "key-unavailable": (Result.TEMPERROR, "RFC 6376 §6.1.2"),
    "no-key": (Result.PERMERROR, "RFC 6376 §6.1.2"),
    "key-name-impossible": (Result.PERMERROR, "RFC 6376 §3.6.2.1"),
    "key-syntax": (Result.PERMERROR, "RFC 6376 §6.1.2"),
    "key-revoked": (Result.PERMERROR, "RFC 6376 §6.1.2"),
    "key-type-differs": (Result.PERMERROR, "RFC 6376 §6.1.2"),
    "hash-not-allowed": (Result.PERMERROR, "RFC 6376 §6.1.2"),
    "service-differs": (Result.PERMERROR, "RFC 6376 §3.6.1"),
    "identity-not-exact": (Result.PERMERROR, "RFC 6376 §3.6.1"),
    "key-too-small": (Result.PERMERROR, "RFC 8301 §3.2"),
    "key-unsafe": (Result.PERMERROR, "RFC 6376 §6.1.2"),
    "key-too-large": (Result.POLICY, "RFC 8301 §3.2"),
    "sha1": (Result.PERMERROR, "RFC 8301 §3.1"),
    "from-not-signed": (Result.PERMERROR, "RFC 6376 §6.1.1"),
    "from-added": (Result.POLICY, "RFC 6376 §8.15"),
    "identity-mismatch": (Result.PERMERROR, "RFC 6376 §6.1.1"),
    "expired": (Result.POLICY, "RFC 6376 §3.5"),
    "from-the-future": (Result.POLICY, "RFC 6376 §3.5"),
    "length-refused": (Result.POLICY, "RFC 6376 §8.2"),
    "not-evaluated": (Result.NEUTRAL, "RFC 6376 §8.4"),
    "missing-tag": (Result.NEUTRAL, "RFC 6376 §6.1.1"),
    "bad-version": (Result.NEUTRAL, "RFC 6376 §6.1.1"),
    "bad-tag-list": (Result.NEUTRAL, "RFC 6376 §3.2"),
    "unknown-canonicalization": (Result.NEUTRAL, "RFC 6376 §3.4"),
    "too-long": (Result.NEUTRAL, "RFC 6376 §8.4"),
    "too-many-names": (Result.NEUTRAL, "RFC 6376 §8.4"),
}
_SYNTAX = (Result.NEUTRAL, "RFC 6376 §3.5")


class DkimSignature(msgspec.Struct, frozen=True):
    """The evaluation of one DKIM-Signature field.

    `index` is its place among the header fields. `code` is a stable word for the outcome,
    `reason` the same for people, `section` what decides it. `domain` (SDID) and `selector` are
    empty where they could not be read. `key` is the record that decided. `length` is l=, and
    `uncovered` the octets of the canonical body that lie beyond it. `header_intact` tells, where
    the body hash differs, whether the signature itself is right, so that only the body was
    changed. `added` names fields of which the message has more than are signed, trace fields left
    out: somebody may have put them there. `counts` tells whether DMARC may use the domain: a
    pass that the policy about l= and t=y lets stand.
    """

    index: int
    result: Result
    code: str
    reason: str
    section: str
    domain: str = ""
    selector: str = ""
    identity: str = ""
    algorithm: str = ""
    signature: Signature | None = None
    key: DkimKey | None = None
    length: int | None = None
    uncovered: int = 0
    header_intact: bool | None = None
    added: tuple[str, ...] = ()
    counts: bool = False

    @property
    def evaluated(self) -> bool:
        """False for the signatures beyond the cap."""
        return self.code != "not-evaluated"

    @property
    def testing(self) -> bool:
        """The key has t=y (RFC 6376 §3.6.1)."""
        return self.key is not None and self.key.testing

    def covers(self, name: str) -> bool:
        """Whether a good signature covers every field of this name, trace fields left out."""
        if self.result is not Result.PASS or self.signature is None or name.lower() in self.added:
            return False
        octets = name.lower().encode()
        return octets in self.signature.h and octets not in TRACE

    def __bool__(self) -> NoReturn:
        raise TypeError("a result has no truth value: compare .result")


class DkimResults(msgspec.Struct, frozen=True):
    """All signatures of a message, from top to bottom."""

    signatures: tuple[DkimSignature, ...] = ()

    @property
    def result(self) -> Result:
        """One word for the whole: the best that any signature has, "none" without any."""
        return min((s.result for s in self.signatures), key=_ORDER.index, default=Result.NONE)

    @property
    def passed(self) -> tuple[DkimSignature, ...]:
        """The signatures that pass."""
        return tuple(s for s in self.signatures if s.result is Result.PASS)

    def __bool__(self) -> NoReturn:
        raise TypeError("a result has no truth value: compare .result, or look at .passed")


_ORDER = (
    Result.PASS,
    Result.TEMPERROR,
    Result.POLICY,
    Result.FAIL,
    Result.PERMERROR,
    Result.NEUTRAL,
    Result.NONE,
)


def outcome(code: str) -> tuple[Result, str]:
    """The word of RFC 8601 and the section for a code; syntax errors share theirs."""
    return OUTCOMES.get(code, _SYNTAX)
