"""Whether mail from a domain can be answered, and why."""

from enum import StrEnum
from typing import NoReturn

import msgspec

from mailworthy.lookup.model import Answer, Status
from mailworthy.names import printable

SHOWN = 100


class Result(StrEnum):
    """The words of RFC 8601 that fit."""

    PASS = "pass"  # there is a host to answer to
    FAIL = "fail"  # there is none
    TEMPERROR = "temperror"  # a look-up failed, and no other tells
    PERMERROR = "permerror"  # the text is no domain
    NONE = "none"  # there is no domain


class Cause(StrEnum):
    """What decided."""

    MX = "mx"
    IMPLICIT = "implicit"  # no MX, and an address
    NULL_MX = "null-mx"
    NO_DOMAIN = "no-domain"
    NO_HOST = "no-host"  # neither MX nor address
    UNUSABLE = "unusable"  # MX records, and no exchange has an address
    LOOKUP = "lookup"  # failed
    MALFORMED = "malformed"
    MISSING = "missing"


# For each cause the result, its section, the enhanced status code for a server that refuses
# because of it (RFC 3463 §3.2, §3.5), and what is said after the domain.
_SAID = {
    Cause.MX: (Result.PASS, "RFC 5321 §5.1", "", "can be answered"),
    Cause.IMPLICIT: (
        Result.PASS,
        "RFC 5321 §5.1",
        "",
        "has no MX record, and can be answered at its own address",
    ),
    Cause.NULL_MX: (Result.FAIL, "RFC 7505 §4.2", "5.7.27", "says that it takes no mail (null MX)"),
    Cause.NO_DOMAIN: (Result.FAIL, "RFC 5321 §5.1", "5.1.8", "does not exist"),
    Cause.NO_HOST: (Result.FAIL, "RFC 5321 §5.1", "5.1.8", "has neither MX records nor an address"),
    Cause.UNUSABLE: (
        Result.FAIL,
        "RFC 5321 §5.1",
        "5.1.8",
        "has MX records of which none leads to an address",
    ),
    Cause.LOOKUP: (Result.TEMPERROR, "RFC 5321 §5.1", "4.4.3", "could not be looked up"),
    Cause.MALFORMED: (Result.PERMERROR, "RFC 5321 §2.3.5", "5.1.7", "is no full domain name"),
    Cause.MISSING: (Result.NONE, "RFC 5321 §4.5.5", "", "there is no domain"),
}


class Exchange(msgspec.Struct, frozen=True):
    """One mail exchanger, or the domain itself where it has no MX; `answers` are A and AAAA."""

    name: str
    preference: int
    addresses: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()


class MxResult(msgspec.Struct, frozen=True):
    """Whether somebody could answer to a domain.

    `domain` is in the inside form, as given where it is no name. `exchanges` are in the order of
    preference, up to the limit; `not_evaluated` are those beyond it.
    """

    domain: str
    cause: Cause
    exchanges: tuple[Exchange, ...] = ()
    not_evaluated: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("an MX result has no truth value: compare its .result")

    @property
    def result(self) -> Result:
        """What it comes to."""
        return _SAID[self.cause][0]

    @property
    def section(self) -> str:
        """Where the rule is written that decided."""
        return _SAID[self.cause][1]

    @property
    def code(self) -> str:
        """The enhanced status code for a refusal because of this (RFC 3463, RFC 7505 §6).

        Empty where there is nothing to refuse.
        """
        return _SAID[self.cause][2]

    @property
    def reason(self) -> str:
        """One printable line for people."""
        said = _SAID[self.cause][3]
        if self.cause is Cause.MISSING:
            return said
        why = next((a.why for a in self.answers if a.status is Status.FAILED), None)
        more = f": {why}" if self.cause is Cause.LOOKUP and why else ""
        return f"{printable(self.domain, SHOWN)} {said}{more}"
