"""From facts to what one receiver does with a message."""

from functools import lru_cache

from mailworthy.receive.decision import Decision, Finding, Outcome
from mailworthy.receive.evidence import Evidence
from mailworthy.receive.facts import View, seen
from mailworthy.receive.profile import Line, Profile
from mailworthy.receive.weighing import weighed
from mailworthy.receive.weights import WEIGHTS
from mailworthy.receive.words import Disposition, Fact, Held

_SEVERITY = list(Disposition)
_ORDER = (Held.YES, Held.UNKNOWN, Held.NOT_ASKED)


def decide(profile: Profile, evidence: Evidence) -> Decision:
    """What a receiver of this profile would do with the message, and why.

    Every line becomes an outcome. Weighing profiles add up what fails (`weights`); others do the
    worst that a broken requirement calls for, and where DNS leaves open whether they would
    reject, they say "later". Raises UsageError for evidence that was not gathered for `profile`.
    """
    findings = _findings(profile, evidence)
    ipv6 = ":" in evidence.iprev.ip  # IPv4 where it was mapped into IPv6
    outcomes = tuple([_outcome(line, findings, ipv6) for line in profile.lines])
    if profile.weighed:
        return weighed(profile, findings, outcomes)
    return _by_lines(profile, outcomes)


def _findings(profile: Profile, evidence: Evidence) -> dict[Fact, Finding]:
    """The facts that the lines name, and those that weigh where that counts."""
    view = View(evidence, profile)
    wanted = _weighing(profile.facts) if profile.weighed else profile.facts
    return {fact: seen(fact, view) for fact in wanted}


@lru_cache(maxsize=64)
def _weighing(named: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The same and those that weigh, each once."""
    return tuple(dict.fromkeys((*named, *WEIGHTS)))


def _outcome(line: Line, findings: dict[Fact, Finding], ipv6: bool) -> Outcome:
    """A line is broken by the first fact that holds; else the first that is open decides."""
    if line.ipv6_only and not ipv6:
        return Outcome(line, Held.NO)
    found = [findings[fact] for fact in line.broken_by if findings[fact].held is not Held.NO]
    if not found:
        return Outcome(line, Held.NO)
    first = found[0] if len(found) == 1 else min(found, key=_openness)
    return Outcome(line, first.held, first)


def _openness(finding: Finding) -> int:
    return _ORDER.index(finding.held)


def _by_lines(profile: Profile, outcomes: tuple[Outcome, ...]) -> Decision:
    """The worst of all lines, the first of equals; one reason, one code."""
    worst, decisive = Disposition.ACCEPT, None
    for outcome in outcomes:
        called = _called(outcome)
        if _SEVERITY.index(called) > _SEVERITY.index(worst):
            worst, decisive = called, outcome
    if decisive is None:
        return Decision(profile.name, profile.title, worst, _content(outcomes), outcomes)
    reason, code = _told(decisive)
    return Decision(profile.name, profile.title, worst, reason, outcomes, code)


def _called(outcome: Outcome) -> Disposition:
    """What one line calls for; what nobody asked about calls for nothing."""
    line = outcome.line
    if line.advice or outcome.broken in (Held.NO, Held.NOT_ASKED):
        return Disposition.ACCEPT
    if outcome.broken is Held.YES:
        return line.action
    would_refuse = line.action in (Disposition.REJECT, Disposition.DEFER)
    return Disposition.DEFER if would_refuse else Disposition.ACCEPT


def _told(outcome: Outcome) -> tuple[str, str]:
    reason = outcome.finding.reason if outcome.finding else ""
    if outcome.broken is Held.YES:
        return reason, outcome.line.code
    return f"whether this would be taken is not known: {reason}", outcome.line.deferral


def _content(outcomes: tuple[Outcome, ...]) -> str:
    """Why nothing is held against the message."""
    open_ = sum(o.broken in (Held.UNKNOWN, Held.NOT_ASKED) for o in outcomes if not o.line.advice)
    met = sum(o.broken is Held.NO for o in outcomes if not o.line.advice)
    if not open_:
        return f"all {met} published requirements are met"
    return f"{met} published requirements are met, {open_} could not be checked"
