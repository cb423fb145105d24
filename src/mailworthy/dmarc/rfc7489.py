"""DMARC as RFC 7489 had it, to compare with: what receivers of that age make of a message.

What differs from RFC 9989: the Organizational Domain comes from the Public Suffix List, the
policy from the author domain or that one alone, several records end discovery, pct= counts, and
t=, np= and psd= mean nothing.
"""

from collections.abc import Sequence

from mailworthy.dmarc.align import Check, Identifier, Modes
from mailworthy.dmarc.discover import Found, Outcome, PolicyFound, Step, Unknown, Walk
from mailworthy.dmarc.engine import MAX_AUTHORS, conclude, judgement
from mailworthy.dmarc.psl import organizational_domain
from mailworthy.dmarc.record import DmarcRecord, Policy, is_dmarc, parse
from mailworthy.dmarc.result import DmarcResult, Judgement
from mailworthy.lookup.drive import gather
from mailworthy.lookup.model import NOT_ASKED, Answer, Asking, Question, Status, Why, ask
from mailworthy.names import normalize, too_long
from mailworthy.parsed import Parsed

_NEW = frozenset({"np", "psd", "t"})  # tags that this age does not know
_NOTHING = (Found.NOTHING, Found.ASSUMED)
_LOWER = {Policy.REJECT: Policy.QUARANTINE, Policy.QUARANTINE: Policy.NONE}


def evaluate(
    domains: Sequence[str],
    identifiers: Sequence[Identifier],
    *,
    fault: str = "",
    draw: int = 0,
) -> Asking[DmarcResult]:
    """The result of RFC 7489 §6.6.2, arguments as for `engine.evaluate`.

    pct= leaves the disposition to chance: `draw`, 0 to 99, stands for it, and a message is in the
    sample if it is less than pct=. At most two questions an author domain, in one round; at most
    MAX_AUTHORS domains.
    """
    authors = list(dict.fromkeys(map(normalize, domains)))
    founds = yield from gather([discover(author, draw=draw) for author in authors[:MAX_AUTHORS]])
    judged = [judge(found, () if fault else identifiers) for found in founds]
    return conclude(judged, tuple(authors[MAX_AUTHORS:]), fault)


def discover(author: str, *, draw: int = 0) -> Asking[PolicyFound]:
    """The policy for an author domain in the inside form (RFC 7489 §6.6.3).

    `walk` of the result has the author domain and, if it is another, the Organizational Domain.
    """
    names = list(dict.fromkeys([author, organizational_domain(author)]))
    asked = [name for name in names if not too_long(f"_dmarc.{name}")]
    answers = yield from ask(*[Question(f"_dmarc.{name}", "TXT") for name in asked])
    known = dict(zip(asked, answers, strict=True))
    own, *above = [_step(name, known.get(name)) for name in names]
    walk = Walk(author, (own, *[_assumed(own, step) for step in above]))
    return _found(walk, draw)


def _assumed(own: Step, above: Step) -> Step:
    """A run on zone files cannot ask above them: then nothing is taken to stand there."""
    why = above.answer.why if above.answer is not None else None
    known_below = own.answer is not None and own.found is not Found.UNKNOWN
    return Step(above.domain, Found.ASSUMED) if known_below and why in NOT_ASKED else above


def _step(name: str, answer: Answer | None) -> Step:
    if answer is None:  # too long for DNS, so that nothing can stand there
        return Step(name, Found.NOTHING)
    if answer.status is Status.FAILED:
        return Step(name, Found.UNKNOWN, answer=answer)
    texts = tuple(text for text in answer.records if is_dmarc(text))
    if len(texts) != 1:
        return Step(name, Found.SEVERAL if texts else Found.NOTHING, texts, answer=answer)
    return Step(name, Found.RECORD, texts, _parsed(texts[0]), answer=answer)


def _parsed(text: str) -> Parsed[DmarcRecord]:
    """The record without the tags that were not known then, which were ignored."""
    kept = [part for part in text.split(";") if part.partition("=")[0].strip().lower() not in _NEW]
    return parse(";".join(kept))


def _found(walk: Walk, draw: int) -> PolicyFound:
    """The first name with any record decides: one counts, several end it."""
    step = next((s for s in walk.steps if s.found not in _NOTHING), None)
    if step is None or step.found is Found.SEVERAL:
        return PolicyFound(walk.start, Outcome.NOTHING, walk)
    if step.found is Found.UNKNOWN:
        return PolicyFound(walk.start, Outcome.UNKNOWN, walk, unknown=_unknown(step))
    record = step.record
    if record is None:
        return PolicyFound(walk.start, Outcome.UNUSABLE, walk, step.domain)
    below = step.domain != walk.start
    policy = record.policy_for(subdomain=below, exists=True)
    return PolicyFound(
        walk.start,
        Outcome.FOUND,
        walk,
        step.domain,
        record,
        record.tag_for(subdomain=below, exists=True),
        policy,
        policy if draw < percent(record) else _LOWER.get(policy, policy),
    )


def percent(record: DmarcRecord) -> int:
    """pct= of a record, 100 where it is left out or no number from 0 to 100 (RFC 7489 §6.3)."""
    text = dict(record.removed).get("pct", "")
    sound = text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 100
    return int(text) if sound else 100


def _unknown(step: Step) -> Unknown:
    name, answer = f"_dmarc.{step.domain}", step.answer
    return Unknown(name, "TXT", (answer.why if answer else None) or Why.SERVFAIL)


def judge(found: PolicyFound, identifiers: Sequence[Identifier]) -> Judgement:
    """The check of one author domain (RFC 7489 §3.1, §6.6.2); nothing more is asked."""
    organization = organizational_domain(found.author)
    checks: list[Check] = []
    if found.record is not None:
        modes = Modes(found.record.aspf, found.record.adkim)
        checks = [_check(found.author, organization, i, modes) for i in identifiers]
    return judgement(found, organization, checks)


def _check(author: str, organization: str, identifier: Identifier, modes: Modes) -> Check:
    if not (identifier.authenticated or identifier.undecided):
        return Check(identifier, False)
    domain = normalize(identifier.domain)
    if domain == author or modes.strict(identifier.method):
        return Check(identifier, domain == author)
    own = organizational_domain(domain)
    return Check(identifier, own == organization, own)
