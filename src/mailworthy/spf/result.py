"""What check_host() found, and why (RFC 7208 §2.6, §8)."""

from bisect import bisect_right
from collections.abc import Callable
from enum import StrEnum
from typing import NoReturn, TypeAlias

import msgspec

from mailworthy.lookup.model import Answer
from mailworthy.names import printable
from mailworthy.parsed import Problem
from mailworthy.spf.model import Result
from mailworthy.spf.record import parse_terms

SHOWN = 200  # characters of one name, term or record in a reason


class Cause(StrEnum):
    """What decided."""

    MATCH = "match"
    DEFAULT = "default"  # nothing matched, and nothing says what that means
    MALFORMED_DOMAIN = "malformed-domain"
    NO_DOMAIN = "no-domain"
    NO_RECORD = "no-record"
    SEVERAL_RECORDS = "several-records"
    SYNTAX = "syntax"
    RECORD_LOOKUP = "record-lookup"  # failed
    TERM_LOOKUP = "term-lookup"  # failed
    INCLUDE_WITHOUT_RECORD = "include-without-record"
    REDIRECT_WITHOUT_RECORD = "redirect-without-record"
    TOO_MANY_LOOKUPS = "too-many-lookups"
    TOO_MANY_VOIDS = "too-many-voids"
    TOO_MANY_MX = "too-many-mx"
    TOO_LONG = "too-long"  # a bound of our own, against records that waste our time


# The section of RFC 7208 that decides; for a match it is that of the mechanism.
SECTIONS = {
    Cause.DEFAULT: "4.7",
    Cause.MALFORMED_DOMAIN: "4.3",
    Cause.NO_DOMAIN: "4.3",
    Cause.NO_RECORD: "4.5",
    Cause.SEVERAL_RECORDS: "4.5",
    Cause.SYNTAX: "4.6",
    Cause.RECORD_LOOKUP: "4.4",
    Cause.TERM_LOOKUP: "5",
    Cause.INCLUDE_WITHOUT_RECORD: "5.2",
    Cause.REDIRECT_WITHOUT_RECORD: "6.1",
    Cause.TOO_MANY_LOOKUPS: "4.6.4",
    Cause.TOO_MANY_VOIDS: "4.6.4",
    Cause.TOO_MANY_MX: "4.6.4",
    Cause.TOO_LONG: "3.4",
}


class SpfResult(msgspec.Struct, frozen=True):
    """The outcome of one check_host(); it has no truth value, so that nobody accepts by it.

    `domain` is the one that was checked, in the inside form (as given where it is no name), `ip`
    the client, IPv4 where it was IPv4-mapped. `path` are the terms that lead from its record to
    the decision, the deciding one last; `where` is the name whose record decides and `record`
    its text. `section` is of RFC 7208. `explanation` is the publisher's, printable ASCII: a text
    of a third party, empty where none is published. `lookups` and `voids` count terms (§4.6.4).
    `answers` are all that were asked for, in order; `failed` is the one that ended it in
    temperror. `problems` are those of `record` where its syntax is wrong.
    """

    result: Result
    cause: Cause
    section: str
    ip: str
    domain: str
    sender: str
    helo: str
    path: tuple[str, ...] = ()
    where: str = ""
    record: str | None = None
    explanation: str = ""
    lookups: int = 0
    voids: int = 0
    answers: tuple[Answer, ...] = ()
    failed: Answer | None = None
    problems: tuple[Problem, ...] = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("an SpfResult has no truth value: compare its .result")

    @property
    def reason(self) -> str:
        """One line for people, nothing in it that could steer a terminal, with the section."""
        return f"{WORDING[self.cause](self)} (RFC 7208 §{self.section})"

    @property
    def trail(self) -> str:
        """The terms of `path` as one line."""
        return " > ".join(map(_shown, self.path))


Wording: TypeAlias = Callable[[SpfResult], str]


def _shown(text: str) -> str:
    return printable(text, SHOWN)


def _match(result: SpfResult) -> str:
    return f"{result.ip} matches {result.trail} of {_shown(result.domain)}"


def _syntax(result: SpfResult) -> str:
    where, fault = f"the record of {_shown(result.where)} has a syntax error", _fault(result)
    if fault is None or result.record is None:
        return where
    return f"{where}: {_shown(fault.message)}, at {_shown(result.record[fault.start : fault.end])}"


def _fault(result: SpfResult) -> Problem | None:
    """The first problem that is no mere advice: one outside the terms that could be read, and
    not about the record as a whole, at 0."""
    terms = parse_terms(result.record or "")
    starts = [term.start for term in terms]
    for problem in result.problems:
        at = bisect_right(starts, problem.start) - 1
        if problem.code in _DOUBLED or (
            problem.start and (at < 0 or problem.start >= terms[at].end)
        ):
            return problem
    return None


def _lookup(result: SpfResult) -> str:
    if result.failed is None:
        return "a look-up failed"
    ask, why = result.failed.ask, result.failed.why or "nothing was learned"
    return f"the look-up of {ask.type} at {_shown(ask.name)} failed: {why}"


def _where(text: str) -> Wording:
    """About the name at which a record was sought."""
    return lambda result: f"{_shown(result.where) or 'an empty name'} {text}"


def _term(text: str) -> Wording:
    """About the term that was evaluated last."""
    return lambda result: f"{result.trail} {text}"


_DOUBLED = frozenset({"duplicate-redirect", "duplicate-exp"})
WORDING: dict[Cause, Wording] = {
    Cause.MATCH: _match,
    Cause.DEFAULT: _where("has a record of which no term matches"),
    Cause.MALFORMED_DOMAIN: _where("is not a fully qualified domain name"),
    Cause.NO_DOMAIN: _where("does not exist"),
    Cause.NO_RECORD: _where("has no SPF record"),
    Cause.SEVERAL_RECORDS: _where("has more than one SPF record"),
    Cause.SYNTAX: _syntax,
    Cause.RECORD_LOOKUP: _lookup,
    Cause.TERM_LOOKUP: _lookup,
    Cause.INCLUDE_WITHOUT_RECORD: _where("is included and has no SPF record"),
    Cause.REDIRECT_WITHOUT_RECORD: _where("is redirected to and has no SPF record"),
    Cause.TOO_MANY_LOOKUPS: _term("is one term too many that looks something up"),
    Cause.TOO_MANY_VOIDS: _term("is one term too many whose look-ups find nothing"),
    Cause.TOO_MANY_MX: _term("stands for more MX records than one term may have"),
    Cause.TOO_LONG: _where("has a record that is too long, together with those that lead to it"),
}
