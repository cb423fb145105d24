"""A part of the evidence: known, unknown, or not asked."""

from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar

import msgspec

from mailworthy.lookup.model import NOT_ASKED, Answer, Fetched, Inspected, Reply, Status, Why

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


class Known(msgspec.Struct, Generic[T_co], frozen=True, tag="known"):
    """It was asked and answered; absence is knowledge too."""

    value: T_co


class Unknown(msgspec.Struct, frozen=True, tag="unknown"):
    """It was asked and nothing was learned. `what` names it for people, `why` says which way."""

    what: str
    why: str


class NotAsked(msgspec.Struct, frozen=True, tag="not_asked"):
    """This run has no means to ask (offline, outside the zone, no connection allowed)."""

    what: str
    why: str


Part: TypeAlias = Known[T] | Unknown | NotAsked


def part(answer: Reply, value: Callable[[], T], what: str = "") -> Part[T]:
    """Known(value()) if the reply taught something, else Unknown or NotAsked."""
    if answer.status is not Status.FAILED:
        return Known(value())
    return missing(answer, what)


def missing(answer: Reply, what: str = "") -> Unknown | NotAsked:
    """The part that a FAILED reply makes."""
    label = what or _label(answer)
    why = answer.why or Why.SERVFAIL
    if why in NOT_ASKED:
        return NotAsked(label, why.value)
    return Unknown(label, why.value)


def _label(answer: Reply) -> str:
    if isinstance(answer, Answer):
        return f"{answer.ask.name} {answer.ask.type}"
    if isinstance(answer, Inspected):
        return "the server"
    return answer.ask.url if isinstance(answer, Fetched) else answer.ask.host


def every(parts: list[Part[T]]) -> Part[tuple[T, ...]]:
    """Known only if all are."""
    values: list[T] = []
    worst: Unknown | NotAsked | None = None
    for each in parts:
        if isinstance(each, Known):
            values.append(each.value)
        elif worst is None or isinstance(each, Unknown):
            worst = each
    return worst or Known(tuple(values))


def value_or(candidate: Part[T], default: U) -> T | U:
    """The value where it is known, else the default."""
    return candidate.value if isinstance(candidate, Known) else default


# Why nothing was learned, in the few words that a line of the checkpoint has room for.
SHORT = {
    "timeout": "no answer in time",
    "servfail": "the servers failed",
    "refused": "the server refuses",
    "bogus": "DNSSEC says bogus",
    "loop": "aliases in a circle",
    "oversize": "the answer is too large",
    "deadline": "no time left",
    "outside": "not in the zone file",
    "not_recorded": "not in the recording",
    "no_means": "not asked",
    "bad_name": "no name can be so",
    "busy": "no time for us now",
    "unreachable": "no connection",
    "garbled": "the talk broke off",
    "tls": "no encryption",
}


def short(gap: Unknown | NotAsked) -> str:
    """The reason of a gap in a few words; prose stays as it is."""
    return SHORT.get(gap.why, gap.why)
