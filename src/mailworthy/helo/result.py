"""What the name that a client gives is worth, and why."""

from enum import StrEnum
from typing import NoReturn

import msgspec

from mailworthy.lookup.model import Answer, Status
from mailworthy.names import printable

SHOWN = 100


class Result(StrEnum):
    """The words of RFC 8601 that fit."""

    PASS = "pass"  # the name of a host
    FAIL = "fail"  # no name of a host
    NEUTRAL = "neutral"  # what RFC 5321 allows instead of a name
    TEMPERROR = "temperror"  # a look-up failed, and no other tells
    NONE = "none"  # the client gave nothing


class Cause(StrEnum):
    """What decided."""

    MATCHES = "matches"
    ELSEWHERE = "elsewhere"  # a host, and not at the address of the client
    UNCONFIRMED = "unconfirmed"  # a host; where it is could not be learned
    OWN_LITERAL = "own-literal"
    OTHER_LITERAL = "other-literal"
    BAD_LITERAL = "bad-literal"
    BARE_ADDRESS = "bare-address"
    NOT_ASCII = "not-ascii"
    SINGLE_LABEL = "single-label"
    MALFORMED = "malformed"
    LOCAL = "local"  # a name that every host has for itself
    OURS = "ours"
    INSIDE = "inside"  # ours or local, and so is the client
    UNKNOWN = "unknown"
    NO_ADDRESS = "no-address"
    LOOKUP = "lookup"  # failed
    MISSING = "missing"


# For each cause the result, the section of RFC 5321, and what is said after the name.
_SAID = {
    Cause.MATCHES: (Result.PASS, "4.1.4", "leads to the client"),
    Cause.ELSEWHERE: (Result.PASS, "4.1.4", "is a host, but not at the address of the client"),
    Cause.UNCONFIRMED: (Result.PASS, "4.1.4", "is a host; whether it is the client is not known"),
    Cause.OWN_LITERAL: (Result.NEUTRAL, "4.1.4", "is the address of the client, not its name"),
    Cause.OTHER_LITERAL: (Result.FAIL, "4.1.3", "is an address, and not that of the client"),
    Cause.BAD_LITERAL: (Result.FAIL, "4.1.3", "is not an address literal"),
    Cause.BARE_ADDRESS: (Result.FAIL, "4.1.3", "is an address without its brackets"),
    Cause.NOT_ASCII: (Result.FAIL, "2.3.5", "is not ASCII: names are given as A-labels"),
    Cause.SINGLE_LABEL: (Result.FAIL, "2.3.5", "has one label, so it is no full name"),
    Cause.MALFORMED: (Result.FAIL, "2.3.5", "is no name of letters, digits and hyphens"),
    Cause.LOCAL: (Result.FAIL, "2.3.5", "is a name that every host has for itself"),
    Cause.OURS: (Result.FAIL, "4.1.4", "is our own name, and the client is not this host"),
    Cause.INSIDE: (Result.NEUTRAL, "4.1.4", "is a name of this host, and so is the client"),
    Cause.UNKNOWN: (Result.FAIL, "2.3.5", "does not exist"),
    Cause.NO_ADDRESS: (Result.FAIL, "2.3.5", "has no address, so it is no host"),
    Cause.LOOKUP: (Result.TEMPERROR, "2.3.5", "could not be looked up"),
    Cause.MISSING: (Result.NONE, "4.1.1.1", "no name was given"),
}


class HeloResult(msgspec.Struct, frozen=True):
    """What HELO or EHLO said of the client.

    `helo` is as given, `name` in the inside form, empty where it is no name that was looked up;
    `ip` is the client, IPv4 where it was IPv4-mapped. `matches` tells whether the name leads to
    the client, which decides nothing (RFC 5321 §4.1.4); None where it was not learned.
    """

    helo: str
    ip: str
    cause: Cause
    name: str = ""
    matches: bool | None = None
    addresses: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("a HELO result has no truth value: compare its .result")

    @property
    def result(self) -> Result:
        """What it comes to."""
        return _SAID[self.cause][0]

    @property
    def section(self) -> str:
        """Where the rule is written that decided."""
        return f"RFC 5321 §{_SAID[self.cause][1]}"

    @property
    def reason(self) -> str:
        """One printable line for people."""
        said = _SAID[self.cause][2]
        if self.cause is Cause.MISSING:
            return said
        why = next((a.why for a in self.answers if a.status is Status.FAILED), None)
        more = f": {why}" if self.cause is Cause.LOOKUP and why else ""
        return f"{printable(self.helo, SHOWN)} {said}{more}"
