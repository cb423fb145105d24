"""What validation says of a chain (RFC 8617 §4.4, §5.2), in the words of RFC 8601 §2.7."""

from enum import StrEnum
from typing import NoReturn

import msgspec

from mailworthy.dkim.result import DkimSignature, Length, Policy
from mailworthy.message.authres import parse
from mailworthy.message.authresmodel import AuthResults, MethodResult, Property


class Result(StrEnum):
    """RFC 8617 §4.4: the Chain Validation Status."""

    NONE = "none"
    PASS = "pass"
    FAIL = "fail"


# An l= that leaves room for text that nobody signed spoils a chain, since the one word for the
# whole has no place for such a doubt. With Length.HONOUR it does not.
POLICY = Policy(length=Length.IGNORE_FOR_DMARC)

# The section that decides each outcome.
SECTIONS: dict[str, str] = {
    "no-chain": "RFC 8617 §4.4",
    "good": "RFC 8617 §5.2",
    "too-many-sets": "RFC 8617 §4.2.1",
    "failed-before": "RFC 8617 §5.2",
    "bad-instance": "RFC 8617 §4.2.1",
    "set-missing": "RFC 8617 §5.2",
    "field-missing": "RFC 8617 §5.2",
    "field-repeated": "RFC 8617 §4.2.1",
    "bad-status": "RFC 8617 §5.2",
    "seal-names-fields": "RFC 8617 §4.1.3",
    "message-signature": "RFC 8617 §5.2",
    "seal": "RFC 8617 §5.2",
    "length-leaves-room": "RFC 6376 §8.2",
    "key-unavailable": "RFC 8617 §5.2.1",
}


class ArcSet(msgspec.Struct, frozen=True):
    """One ARC Set (RFC 8617 §4.2).

    `i` is its instance, `written` what follows it in ARC-Authentication-Results, as it stands.
    `message_signature` and `seal` are the evaluations of the other two fields, in the words of
    DKIM; they are not `.evaluated` where nothing depended on them any more. `status` is cv= in
    lower case, empty where it is missing.
    """

    i: int
    written: str
    message_signature: DkimSignature
    seal: DkimSignature
    status: str = ""

    @property
    def results(self) -> AuthResults | None:
        """What its ARC-Authentication-Results says, read when it is asked for.

        None where it cannot be read, which does not spoil a chain (RFC 8617 §3.4).
        """
        return parse(self.written).record

    @property
    def domain(self) -> str:
        """Who sealed: d= of the ARC-Seal, empty where it cannot be read."""
        return self.seal.domain

    @property
    def selector(self) -> str:
        """s= of the ARC-Seal."""
        return self.seal.selector


class ArcResult(msgspec.Struct, frozen=True):
    """The validation of a chain.

    `code` is a stable word for the outcome, `reason` the same for people, `section` what decides
    it. `instances` are the complete sets, from i=1 upwards. `oldest_pass` is the number of
    RFC 8617 §5.2: 0 where every ARC-Message-Signature still holds, None unless the chain passes.
    `temporary` tells that the chain fails only since DNS gave no answer about a key: RFC 8617
    §5.2.1 has no other word for that, but nothing was found wrong, and asking later may help.
    """

    result: Result
    code: str
    reason: str
    section: str
    instances: tuple[ArcSet, ...] = ()
    oldest_pass: int | None = None
    temporary: bool = False

    @property
    def testing(self) -> bool:
        """A key of the chain has t=y: RFC 6376 §3.6.1 wants such mail taken for unsigned."""
        return any(s.seal.testing or s.message_signature.testing for s in self.instances)

    def authres(self, remote_ip: str = "") -> MethodResult:
        """The result for Authentication-Results (RFC 8617 §6)."""
        found = [("smtp", "remote-ip", remote_ip)] if remote_ip else []
        if self.oldest_pass is not None:
            found.append(("header", "oldest-pass", str(self.oldest_pass)))
        reason = self.reason if self.result is Result.FAIL else None
        properties = tuple(Property(*words) for words in found)
        return MethodResult("arc", self.result.value, reason=reason, properties=properties)

    def __bool__(self) -> NoReturn:
        raise TypeError("a result has no truth value: compare .result")
