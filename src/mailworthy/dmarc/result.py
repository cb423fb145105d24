"""What DMARC concludes of a message (RFC 9989 §5.3, §9.2)."""

from enum import StrEnum

import msgspec

from mailworthy.dmarc.align import Check
from mailworthy.dmarc.discover import PolicyFound, Unknown
from mailworthy.dmarc.record import Policy


class Result(StrEnum):
    """The result names of DMARC (RFC 9989 §9.2)."""

    PASS = "pass"
    FAIL = "fail"
    NONE = "none"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


class Reason(StrEnum):
    """Why the result is what it is."""

    ALIGNED = "an authenticated identifier aligns with the author domain"
    UNALIGNED = "no authenticated identifier aligns with the author domain"
    UNAUTHENTICATED = "neither SPF nor DKIM authenticated any domain"
    NO_RECORD = "no policy record applies to the author domain"
    UNUSABLE_RECORD = "the policy record has no valid policy and no valid reporting address"
    POLICY_UNKNOWN = "the policy could not be learned from DNS"
    ALIGNMENT_UNKNOWN = "whether an identifier aligns could not be learned"
    IDENTIFIER_UNDECIDED = "an identifier that would align could not be checked for the moment"
    NO_AUTHOR = "the From header field names no domain"
    SEVERAL_AUTHORS = "the From header field names several domains"
    FAULTY_FROM = "the message has no single, well-formed From header field"

    @property
    def section(self) -> str:
        """Where RFC 9989 says so."""
        return _SECTIONS[self]


_SECTIONS = {
    Reason.ALIGNED: "5.3.5",
    Reason.UNALIGNED: "5.3.5",
    Reason.UNAUTHENTICATED: "5.3.5",
    Reason.NO_RECORD: "4.10.1",
    Reason.UNUSABLE_RECORD: "4.10.1",
    Reason.POLICY_UNKNOWN: "5.3.6",
    Reason.ALIGNMENT_UNKNOWN: "5.3.6",
    Reason.IDENTIFIER_UNDECIDED: "5.3.6",
    Reason.NO_AUTHOR: "5.3.1",
    Reason.SEVERAL_AUTHORS: "11.5",
    Reason.FAULTY_FROM: "4.4",
}


class Judgement(msgspec.Struct, frozen=True):
    """The DMARC check of one Author Domain.

    `disposition` is what the record asks for this message: none unless the check fails.
    `checks` is empty where no policy applies. After a failed look-up the result is
    temperror, `unknown` names the first question that was missing, and the rest holds what
    was learned all the same.
    """

    author: str
    result: Result
    reason: Reason
    found: PolicyFound
    disposition: Policy = Policy.NONE
    organization: str | None = None
    checks: tuple[Check, ...] = ()
    unknown: Unknown | None = None


class DmarcResult(msgspec.Struct, frozen=True):
    """The DMARC check of a message.

    `disposition` is what the records ask for, which is advice: reject alone rejects nothing
    (RFC 9989 §5.4, §7.4). There is one judgement for each Author Domain; `not_evaluated` are
    those beyond the limit of ten. `fault` says what is wrong with the From header field.
    """

    result: Result
    reason: Reason
    disposition: Policy = Policy.NONE
    judgements: tuple[Judgement, ...] = ()
    not_evaluated: tuple[str, ...] = ()
    fault: str = ""

    def __bool__(self) -> bool:
        raise TypeError("a DMARC result has no truth value: compare its .result")

    @property
    def unknown(self) -> Unknown | None:
        """The first look-up that failed and that mattered."""
        return next((j.unknown for j in self.judgements if j.unknown), None)
