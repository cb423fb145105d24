"""The DNS Tree Walk: policy and Organizational Domain of a domain (RFC 9989 §4.10)."""

from enum import StrEnum
from functools import lru_cache

import msgspec

from mailworthy.callable import calls
from mailworthy.dmarc.record import DmarcRecord, Policy, Psd, is_dmarc, psd_of
from mailworthy.dmarc.record import parse as parse_record
from mailworthy.lookup.model import NOT_ASKED, Answer, Asking, Status, Why, ask, look, question
from mailworthy.names import labels, normalize, too_long
from mailworthy.parsed import Parsed

calls(__name__, "mailworthy.dmarc.facade", "discover")

MAX_QUERIES = 8
_LABELS_AFTER_JUMP = 7
_CACHED = 4096  # characters; longer records are read anew each time


class Found(StrEnum):
    """What stood at one name of a walk."""

    RECORD = "record"
    NOTHING = "nothing"
    SEVERAL = "several"  # all are discarded
    UNKNOWN = "unknown"  # the look-up failed
    ASSUMED = "nothing (assumed)"  # this run cannot ask above the zones that it holds


class Step(msgspec.Struct, frozen=True):
    """One name of a walk; `texts` are the DMARC records there, `parsed` the only one, read."""

    domain: str
    found: Found
    texts: tuple[str, ...] = ()
    parsed: Parsed[DmarcRecord] | None = None
    psd: Psd = Psd.UNKNOWN
    answer: Answer | None = None

    @property
    def record(self) -> DmarcRecord | None:
        """The record if it is the only one and has a policy that receivers act on."""
        return None if self.parsed is None else self.parsed.record


class Unknown(msgspec.Struct, frozen=True):
    """Which question left the outcome open, and why."""

    name: str
    type: str
    why: Why


class Walk(msgspec.Struct, frozen=True):
    """The names from `start` upwards, to the one where the walk stopped and no further."""

    start: str
    steps: tuple[Step, ...]

    @property
    def unknown(self) -> Unknown | None:
        """The first look-up that failed: what stands there could change the outcome."""
        failed = next((s for s in self.steps if s.found is Found.UNKNOWN), None)
        return None if failed is None or failed.answer is None else _why(failed.answer)

    def step(self, domain: str) -> Step | None:
        """The step of one domain."""
        return next((s for s in self.steps if s.domain == domain), None)


class Outcome(StrEnum):
    """How policy discovery ended."""

    FOUND = "found"
    NOTHING = "nothing"  # no record anywhere: DMARC does not apply
    UNUSABLE = "unusable"  # a record without valid policy and without rua: no DMARC processing
    UNKNOWN = "unknown"  # a look-up failed: the receiver's choice, open or closed


class PolicyFound(msgspec.Struct, frozen=True):
    """The policy for mail from `author`.

    `domain` is the DMARC Policy Domain, `tag` the tag that speaks for the author domain ("p",
    "sp", "np"), `policy` its value as published, `effective` after t=y. `exists` is None where
    the existence of the author domain makes no difference and was not learned. `walk` starts
    at the author domain, so it gives the Organizational Domain without another question.
    """

    author: str
    outcome: Outcome
    walk: Walk
    domain: str | None = None
    record: DmarcRecord | None = None
    tag: str | None = None
    policy: Policy | None = None
    effective: Policy | None = None
    exists: bool | None = None
    unknown: Unknown | None = None


def targets(start: str) -> list[str]:
    """The domains of a walk, in order, at most eight (RFC 9989 §4.10 steps 3 to 7)."""
    parts = labels(normalize(start))
    if not parts:
        return []
    above = min(len(parts) - 1, _LABELS_AFTER_JUMP)
    return [".".join(parts), *(".".join(parts[-n:]) for n in range(above, 0, -1))]


def walk(start: str) -> Asking[Walk]:
    """Walk the tree from a domain in the inside form.

    All names, eight at most, are asked in one round, and judged as if one after the other: what
    lies above a stop has no say, and may fail.
    """
    names = targets(start)
    start = names[0] if names else "."
    asked = [name for name in names if not too_long(f"_dmarc.{name}")]
    answers = yield from ask(*[question(f"_dmarc.{name}", "TXT") for name in asked])
    by_name = dict(zip(asked, answers, strict=True))
    steps: list[Step] = []
    for name in names:
        below = any(s.answer is not None and s.found is not Found.UNKNOWN for s in steps)
        steps.append(_step(name, by_name.get(name), below_is_known=below))
        if steps[-1].psd is not Psd.UNKNOWN:
            break
    return Walk(start, tuple(steps))


def _step(name: str, answer: Answer | None, *, below_is_known: bool) -> Step:
    if answer is None:  # too long for DNS, so that nothing can stand there
        return Step(name, Found.NOTHING)
    if answer.status is Status.FAILED:
        assumed = below_is_known and answer.why in NOT_ASKED
        return Step(name, Found.ASSUMED if assumed else Found.UNKNOWN, answer=answer)
    texts = tuple(text for text in answer.records if is_dmarc(text))
    if len(texts) != 1:
        return Step(name, Found.SEVERAL if texts else Found.NOTHING, texts, answer=answer)
    parsed, psd = _read(texts[0])
    return Step(name, Found.RECORD, texts, parsed, psd, answer)


def _read(text: str) -> tuple[Parsed[DmarcRecord], Psd]:
    return _short(text) if len(text) <= _CACHED else (parse_record(text), psd_of(text))


@lru_cache(maxsize=1024)
def _short(text: str) -> tuple[Parsed[DmarcRecord], Psd]:
    return parse_record(text), psd_of(text)


def organizational_domain(walk: Walk) -> str | None:
    """The Organizational Domain (RFC 9989 §4.10.2); None if a failed look-up leaves it open."""
    if walk.unknown is not None:
        return None
    records = [step for step in walk.steps if step.found is Found.RECORD]
    for step in records:
        if step.psd is Psd.NO:
            return step.domain
        if step.psd is Psd.YES and step.domain != walk.start:
            return _one_below(step.domain, walk.start)
    return records[-1].domain if records else walk.start


def _one_below(domain: str, start: str) -> str:
    return ".".join(labels(start)[-len(labels(domain)) - 1 :])


def policy(author_domain: str) -> Asking[PolicyFound]:
    """The policy for an author domain in the inside form (RFC 9989 §4.10.1).

    One round, and a second one of a single question only where np= differs from the policy for
    names that exist and nothing learned so far tells whether the author domain exists.
    """
    walked = yield from walk(author_domain)
    author = walked.start
    found = _policy_step(walked)
    if found is None:
        outcome = Outcome.NOTHING if walked.unknown is None else Outcome.UNKNOWN
        return PolicyFound(author, outcome, walked, unknown=walked.unknown)
    record = found.record
    if record is None:
        return PolicyFound(author, Outcome.UNUSABLE, walked, found.domain)
    exists = _known_to_exist(walked)
    if exists is None and _existence_matters(record, found.domain, author):
        answer = yield from look(author, "TXT")
        if answer.status is Status.FAILED:
            return PolicyFound(
                author, Outcome.UNKNOWN, walked, found.domain, record, unknown=_why(answer)
            )
        exists = _name_exists(answer)
    return _applied(walked, found.domain, record, exists)


def _policy_step(walked: Walk) -> Step | None:
    """The record of the author domain, the Organizational Domain or the PSD, in this order.

    Several records at the author domain count as none, so that the walk goes on above them:
    RFC 7489 §6.6.3 stopped there, RFC 9989 does not.
    """
    if walked.steps and walked.steps[0].found is Found.RECORD:
        return walked.steps[0]
    organization = organizational_domain(walked)
    if organization is None:
        return None
    own = walked.step(organization)
    if own is not None and own.found is Found.RECORD:
        return own
    return next((s for s in walked.steps if s.found is Found.RECORD and s.psd is Psd.YES), None)


def _known_to_exist(walked: Walk) -> bool | None:
    """What the answer for `_dmarc.<author>` tells of the author domain itself.

    A name exists if one below it does (RFC 8020); NXDOMAIN below says nothing.
    """
    answer = walked.steps[0].answer
    if answer is not None and answer.status is not Status.FAILED and _name_exists(answer):
        return True
    return None


def _name_exists(answer: Answer) -> bool:
    """Only NXDOMAIN for the name itself denies it (RFC 9989 §3.2.13); an alias exists."""
    return answer.status is not Status.ABSENT or bool(answer.chain)


def _existence_matters(record: DmarcRecord, domain: str, author: str) -> bool:
    if domain == author:
        return False
    existing = record.policy_for(subdomain=True, exists=True)
    return record.policy_for(subdomain=True, exists=False) is not existing


def _applied(walked: Walk, domain: str, record: DmarcRecord, exists: bool | None) -> PolicyFound:
    below, there = domain != walked.start, exists is not False
    policy = record.policy_for(subdomain=below, exists=there)
    return PolicyFound(
        walked.start,
        Outcome.FOUND,
        walked,
        domain,
        record,
        record.tag_for(subdomain=below, exists=there),
        policy,
        record.effective(policy),
        exists,
    )


def _why(answer: Answer) -> Unknown:
    return Unknown(answer.ask.name, answer.ask.type, answer.why or Why.SERVFAIL)
