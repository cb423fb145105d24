"""What receivers would do with the mail of a rehearsal, for every format."""

import re
from collections.abc import Sequence

import msgspec

from mailworthy.audit.trial import Answer, Trial, answer
from mailworthy.names import harmless
from mailworthy.receive.decision import Decision, Outcome
from mailworthy.receive.words import Disposition, Held

MARKS = {Answer.ACCEPTED: "✓", Answer.REFUSED: "✗", Answer.UNDETERMINED: "?"}
MOST_NAMED = 4  # addresses, or what is said of each
_REPLY = re.compile(r"\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3})?")  # RFC 5321 §4.2, RFC 3463 §2
_ORDER = (Answer.REFUSED, Answer.UNDETERMINED, Answer.ACCEPTED)


class Told(msgspec.Struct, frozen=True):
    """What one receiver says of a message, from each of `ips` the same.

    `says` is the disposition with the numbers of the reply, `code` the whole reply. `line` names
    the requirements that decided, `facts` are what was found, and `reasons` both in sentences: one
    each, or one for each address.
    """

    profile: str
    title: str
    answer: Answer
    disposition: Disposition
    says: str
    code: str
    line: str
    facts: tuple[str, ...]
    reasons: tuple[str, ...]
    ips: tuple[str, ...]

    @property
    def why(self) -> str:
        """The reasons in one line."""
        return few(self.reasons, "; ")


def told(trials: Sequence[Trial]) -> tuple[Told, ...]:
    """What receivers say of all addresses, the refusals first."""
    found: dict[tuple[str, ...], Told] = {}
    for trial in trials:
        for decision in trial.decisions:
            new = _told(decision, trial.ip)
            key = (new.profile, new.says, new.code, new.line)
            found[key] = _both(found[key], new) if key in found else new
    return tuple(sorted(found.values(), key=lambda t: _ORDER.index(t.answer)))


def _both(one: Told, other: Told) -> Told:
    """The same, said of more addresses."""
    return msgspec.structs.replace(
        one,
        facts=tuple(dict.fromkeys(one.facts + other.facts)),
        reasons=tuple(dict.fromkeys(one.reasons + other.reasons)),
        ips=one.ips + other.ips,
    )


def _told(decision: Decision, ip: str) -> Told:
    reply = _REPLY.match(decision.code)
    said = answer(decision)
    decisive = () if said is Answer.ACCEPTED else _decisive(decision)
    facts = [o.finding.reason for o in decisive if o.finding is not None]
    return Told(
        decision.profile,
        decision.title,
        said,
        decision.disposition,
        " ".join([decision.disposition, *([reply[0].replace("-", " ")] if reply else [])]),
        harmless(decision.code),
        ", ".join(o.line.id for o in decisive),
        (harmless(facts[0] if len(facts) == 1 else decision.reason),),
        (harmless(decision.reason),),
        (ip,),
    )


def _decisive(decision: Decision) -> tuple[Outcome, ...]:
    """The first line that called for what is done; all of them, where they are weighed."""
    held = Held.YES if answer(decision) is Answer.REFUSED else Held.UNKNOWN
    lines = [o for o in decision.outcomes if o.broken is held and not o.line.advice]
    if decision.weight is not None:
        return tuple(lines)
    called = [o for o in lines if held is Held.UNKNOWN or o.line.action is decision.disposition]
    return tuple(called[:1])


def addresses(ips: Sequence[str]) -> str:
    """Addresses in prose; how many, where they are too many to read."""
    if len(ips) > MOST_NAMED:
        return f"{len(ips)} addresses"
    return " and ".join(filter(None, (", ".join(ips[:-1]), *ips[-1:])))


def few(texts: Sequence[str], between: str) -> str:
    """The first texts, and how many more there are."""
    more = len(texts) - MOST_NAMED
    return between.join([*texts[:MOST_NAMED], *([f"and {more} more"] if more > 0 else [])])


def heading(trials: Sequence[Trial]) -> str:
    """What was tried."""
    return f"A signed test message from {addresses([t.ip for t in trials])}"


def as_of(trials: Sequence[Trial]) -> str:
    """How old our knowledge of receivers is."""
    return f"published rules as of {min(t.as_of for t in trials)}"


def agreed(trials: Sequence[Trial]) -> str:
    """The one sentence that says it all, where every receiver accepts; else empty."""
    everybody = told(trials)
    if any(t.answer is not Answer.ACCEPTED for t in everybody):
        return ""
    count = len({t.profile for t in everybody})
    known = ", as far as the zone files tell" if any(t.partial for t in trials) else ""
    accepted = f"is accepted under all {count} receiver profiles{known}"
    return f"{heading(trials)} {accepted} ({as_of(trials)})"


def brief(trials: Sequence[Trial]) -> str:
    """Who refuses, in a line or two; empty if nobody does."""
    at: dict[str, dict[str, None]] = {}
    for each in told(trials):
        if each.answer is Answer.REFUSED:
            at.setdefault(each.says.removeprefix("reject "), {})[each.profile] = None
    return "; ".join(f"{says} at {', '.join(profiles)}" for says, profiles in at.items())
