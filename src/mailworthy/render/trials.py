"""What receivers would do, one sentence a receiver, for every format."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from mailworthy.audit.trial import Answer, Trial, answer
from mailworthy.names import harmless
from mailworthy.receive.decision import Decision
from mailworthy.receive.words import Disposition

MARKS = {Answer.ACCEPTED: "✓", Answer.REFUSED: "✗", Answer.UNDETERMINED: "?"}
MOST_NAMED = 4  # addresses
_REPLY = re.compile(r"\d{3}[ -]\d\.\d{1,3}\.\d{1,3}")  # RFC 5321 §4.2, RFC 3463 §2


class Told(msgspec.Struct, frozen=True):
    """What one receiver says of a message, from each of `ips` the same.

    `says` is the disposition with the reply codes, `why` one sentence; `code` is the whole
    reply.
    """

    profile: str
    title: str
    answer: Answer
    disposition: Disposition
    says: str
    why: str
    code: str
    ips: tuple[str, ...]


def told(trials: Sequence[Trial]) -> tuple[Told, ...]:
    """What receivers say of all addresses, the refusals first."""
    found: dict[tuple[str, ...], Told] = {}
    for trial in trials:
        for decision in trial.decisions:
            _add(found, decision, trial.ip)
    order = (Answer.REFUSED, Answer.UNDETERMINED, Answer.ACCEPTED)
    return tuple(sorted(found.values(), key=lambda t: order.index(t.answer)))


def _add(found: dict[tuple[str, ...], Told], decision: Decision, ip: str) -> None:
    broken = (o.line.id for o in decision.outcomes if not o.line.advice)
    key = (decision.profile, decision.disposition, decision.code, *broken)
    there = found.get(key)
    if there is not None:
        found[key] = msgspec.structs.replace(there, ips=(*there.ips, ip))
        return
    reply = _REPLY.match(decision.code)
    found[key] = Told(
        decision.profile,
        decision.title,
        answer(decision),
        decision.disposition,
        " ".join([decision.disposition, *([reply[0].replace("-", " ")] if reply else [])]),
        harmless(decision.reason),
        harmless(decision.code),
        (ip,),
    )


def addresses(ips: Sequence[str]) -> str:
    """Addresses in prose; how many, where they are too many to read."""
    if len(ips) > MOST_NAMED:
        return f"{len(ips)} addresses"
    return " and ".join(filter(None, (", ".join(ips[:-1]), *ips[-1:])))


def heading(trials: Sequence[Trial]) -> str:
    """What was tried."""
    return f"A signed test message from {addresses([t.ip for t in trials])}"


def as_of(trials: Sequence[Trial]) -> str:
    """How old our knowledge of receivers is."""
    return f"published rules as of {min(t.as_of for t in trials)}"


def sentences(trials: Sequence[Trial]) -> Iterator[tuple[Answer, str]]:
    """All that is to be said: one sentence where everybody accepts, else one for each receiver
    that does not, and one for those that do."""
    everybody = told(trials)
    others = [t for t in everybody if t.answer is not Answer.ACCEPTED]
    if everybody and not others:
        names = _titles(everybody)
        yield Answer.ACCEPTED, f"{heading(trials)} is accepted by {names} ({as_of(trials)})"
        return
    for each in others:
        about = "" if len(each.ips) == len(trials) else f" (from {addresses(each.ips)})"
        yield each.answer, f"{each.title}: {each.says}: {each.why}{about}"
    titles = {t.title for t in others}
    accepting = [t for t in everybody if t.title not in titles]
    if accepting:
        yield Answer.ACCEPTED, f"accepted by {_titles(accepting)} ({as_of(trials)})"


def _titles(accepting: Sequence[Told]) -> str:
    return ", ".join(dict.fromkeys(t.title for t in accepting))
