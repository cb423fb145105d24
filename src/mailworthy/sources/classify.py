"""Who a source is, how sure that is, why, and what to do about it."""

from enum import StrEnum
from typing import NoReturn

import msgspec

from mailworthy.sources.expect import Expected, Word
from mailworthy.sources.facts import Facts
from mailworthy.sources.rules.approved import APPROVED
from mailworthy.sources.rules.forwarder import FORWARDER
from mailworthy.sources.rules.notes import NOTES
from mailworthy.sources.rules.own import OWN
from mailworthy.sources.rules.threat import THREAT
from mailworthy.sources.signals import Class, Signal, Weight
from mailworthy.sources.todo import todo
from mailworthy.sources.view import View

_RULES = (*OWN, *APPROVED, *FORWARDER, *THREAT, *NOTES)
SUSPECT = 3  # what hints must add up to before a source is called a threat
SURE = 5
UNPROVEN = (
    "Have these reports prove who sent them, or answer for where they came from: `mailworthy "
    "reports import` with --authserv-id or --vouch.",
)


class Confidence(StrEnum):
    """How sure a judgement is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNPROVEN = "unproven"  # only reports that anybody may have written tell of it


class Judgement(msgspec.Struct, frozen=True):
    """Who a source is. `service` is its name in the sender table; the texts are sentences.

    `evidence` begins with what decided; `todo` is never empty.
    """

    class_: Class
    confidence: Confidence
    evidence: tuple[str, ...]
    todo: tuple[str, ...]
    title: str = ""
    service: str | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError("a judgement has no truth value: compare its .class_")


def classify(facts: Facts, expected: Expected) -> Judgement:
    """Judge one source by its facts and what was expected. Nothing is asked, nothing raised.

    Own and approved need proof: an address, a key in our DNS, our SPF record or the user's word.
    Whoever only claims us is a threat or unknown, whatever else he claims. What stands in reports
    that are not proven decides nothing, and a source that has nothing else is unknown.
    """
    judged = facts.judged
    if judged is None:
        return _unproven(View(facts, expected))
    view = View(judged, expected)
    signals = [found for rule in _RULES if (found := rule(view)) is not None]
    class_ = _decide(view, signals)
    return Judgement(
        class_,
        _confidence(class_, signals),
        (*_evidence(class_, signals, view), *_beside(facts)),
        todo(view, class_),
        *_names(view),
    )


def _unproven(view: View) -> Judgement:
    """Of a source of which anybody may have told nothing is concluded."""
    steps = todo(view, Class.UNKNOWN) if view.word is Word.IGNORE else UNPROVEN
    evidence = "It stands in reports only whose origin is not proven, which decide nothing."
    return Judgement(Class.UNKNOWN, Confidence.UNPROVEN, (evidence,), steps, *_names(view))


def _names(view: View) -> tuple[str, str | None]:
    """The title, and the name in the sender table."""
    sender = view.sender
    return (sender.title, sender.name) if sender else (view.facts.key.value, None)


def _beside(facts: Facts) -> tuple[str, ...]:
    """What was left out of the judgement."""
    if not facts.unproven:
        return ()
    return (
        f"{facts.unproven} of {facts.messages} messages stand in reports whose origin is not "
        "proven; they decide nothing.",
    )


def _decide(view: View, signals: list[Signal]) -> Class:
    if (proven := _proven(signals)) is not None:
        return proven
    own, forwarder = _sum(Class.OWN, signals), _sum(Class.FORWARDER, signals)
    if own > forwarder:
        return Class.OWN
    carries = view.facts.dkim_only and view.weighty(view.facts.dkim_only)
    if forwarder >= (Weight.HINT if carries else Weight.STRONG):
        return Class.FORWARDER
    if view.sender is None and not (view.aligned or view.named):
        return Class.THREAT if _sum(Class.THREAT, signals) >= SUSPECT else Class.UNKNOWN
    return Class.UNKNOWN


def _proven(signals: list[Signal]) -> Class | None:
    """Own or approved, whichever is better shown, if more than hints say so."""
    own, approved = _best(Class.OWN, signals), _best(Class.APPROVED, signals)
    if max(own, approved) < Weight.STRONG:
        return None
    return Class.OWN if own >= approved else Class.APPROVED


def _sum(class_: Class, signals: list[Signal]) -> int:
    return sum(s.weight for s in signals if s.speaks_for is class_)


def _best(class_: Class, signals: list[Signal]) -> int:
    return max((s.weight for s in signals if s.speaks_for is class_), default=0)


def _confidence(class_: Class, signals: list[Signal]) -> Confidence:
    """By the sum of what speaks for the class."""
    total = _sum(class_, signals)
    if class_ is Class.UNKNOWN:
        return Confidence.POSSIBLE
    if class_ is Class.THREAT:
        return Confidence.LIKELY if total >= SURE else Confidence.POSSIBLE
    if total >= Weight.PROOF:
        return Confidence.CERTAIN
    return Confidence.LIKELY if total >= Weight.STRONG else Confidence.POSSIBLE


def _evidence(class_: Class, signals: list[Signal], view: View) -> tuple[str, ...]:
    """What speaks for the class, the strongest first, then what else is worth knowing."""
    chosen = sorted((s for s in signals if s.speaks_for is class_), key=lambda s: -s.weight)
    beside = [s for s in signals if s not in chosen and _worth(s, class_, view)]
    return tuple(dict.fromkeys(s.sentence for s in (*chosen, *beside)))


def _worth(signal: Signal, class_: Class, view: View) -> bool:
    """Beside a forwarder what it carries; beside an unknown what makes it suspicious."""
    if class_ is Class.FORWARDER:
        return signal.speaks_for in (Class.OWN, Class.APPROVED)
    if class_ is Class.UNKNOWN:
        return signal.speaks_for is not Class.FORWARDER and not (
            signal.speaks_for is Class.THREAT and view.sender is not None
        )
    return signal.weight == Weight.NOTE
