"""Verification of every signature of a message (RFC 6376 §6.1)."""

from collections import Counter
from datetime import datetime
from functools import lru_cache

from mailworthy.dkim.hashing import Hashing
from mailworthy.dkim.judge import Finding, judge
from mailworthy.dkim.record import DkimKey
from mailworthy.dkim.record import parse as parse_key
from mailworthy.dkim.result import (
    POLICY,
    TRACE,
    DkimResults,
    DkimSignature,
    Length,
    Policy,
    Result,
    outcome,
)
from mailworthy.dkim.signature import Signature, peek
from mailworthy.dkim.signature import parse as parse_signature
from mailworthy.lookup.model import Answer, Asking, Question, Status, Why, ask
from mailworthy.message.header import Message, read
from mailworthy.names import MAX_NAME, printable
from mailworthy.parsed import Parsed

FIELD = b"dkim-signature"
_CACHED = 4096  # characters; longer key records are read anew each time


def verify(
    message: bytes | Message, *, now: datetime, policy: Policy = POLICY
) -> Asking[DkimResults]:
    """Evaluate the DKIM signatures of a message; one round of questions.

    Never raises for anything that a message or a name server says, and takes time linear in
    the size of the message, for each of at most `policy.max_signatures` signatures.
    """
    read_message = read(message)
    places = read_message.places.get(FIELD, [])
    if not places:
        return DkimResults()
    work = _Work(read_message, int(now.timestamp()), policy)
    open_ = [work.start(index) for index in places[: policy.max_signatures]]
    answers = yield from _keys(open_)
    done = [work.finish(one, answers) for one in open_]
    return DkimResults((*done, *[_beyond(i) for i in places[policy.max_signatures :]]))


def _keys(started: "list[_Started]") -> Asking[dict[str, Answer]]:
    questions = {s.signature.key_name: None for s in started if s.signature and not s.early}
    if not questions:
        return {}
    answers = yield from ask(*[Question(name, "TXT") for name in questions])
    return dict(zip(questions, answers, strict=True))


def _beyond(index: int) -> DkimSignature:
    result, section = outcome("not-evaluated")
    return DkimSignature(index, result, "not-evaluated", "over the cap on signatures", section)


class _Started:
    """A signature before its key is known; `early` is set where no key can help."""

    __slots__ = ("domain", "early", "index", "selector", "signature")

    def __init__(self, index: int, signature: Signature | None, early: Finding | None):
        self.index, self.signature, self.early = index, signature, early
        self.domain = signature.d if signature else ""
        self.selector = signature.s if signature else ""


class _Work:
    def __init__(self, message: Message, now: int, policy: Policy) -> None:
        self.hashing = Hashing(message)
        self.message, self.now, self.policy = message, now, policy

    def start(self, index: int) -> _Started:
        value = self.message.lines[index].partition(b":")[2]
        parsed = parse_signature(value)
        signature = parsed.record
        if signature is None:
            problem = parsed.problems[0]
            started = _Started(index, None, Finding(problem.code, problem.message))
            started.domain, started.selector = peek(value)
            return started
        return _Started(index, signature, self.early(signature))

    def early(self, signature: Signature) -> Finding | None:
        """What can be said without the key (RFC 6376 §6.1.1, RFC 8301 §3.1)."""
        skew = self.policy.skew
        if signature.hash_name == "sha1":
            return Finding("sha1", "rsa-sha1 is not safe and must not be verified")
        if signature.l is not None and self.policy.length is Length.REFUSE:
            return Finding("length-refused", "l= leaves room for text that nobody signed")
        if signature.x is not None and signature.x + skew < self.now:
            return Finding("expired", "the signature has expired (x=)")
        if signature.t is not None and signature.t - skew > self.now:
            return Finding("from-the-future", "the signature is dated in the future (t=)")
        if len(signature.key_name) > MAX_NAME:  # each label is short enough
            return Finding("key-name-impossible", "selector and domain make too long a name")
        return None

    def finish(self, started: _Started, answers: dict[str, Answer]) -> DkimSignature:
        signature = started.signature
        if signature is None or started.early is not None:
            assert started.early is not None
            return self.report(started, started.early)
        answer = answers[signature.key_name]
        finding = _unanswered(answer) or self.best(started.index, signature, answer)
        return self.report(started, finding)

    def best(self, index: int, signature: Signature, answer: Answer) -> Finding:
        """Of several records at a selector, what the most helpful one gives."""
        findings = []
        for text in answer.records[: self.policy.max_keys]:
            finding = judge(self.hashing, index, signature, _key(text), self.policy)
            if outcome(finding.code)[0] in (Result.PASS, Result.POLICY):
                return finding
            findings.append(finding)
        return min(findings, key=lambda f: _HELP.get(f.code, 1))

    def report(self, started: _Started, finding: Finding) -> DkimSignature:
        signature = started.signature
        result, section = outcome(finding.code)
        if signature is None:
            return DkimSignature(
                started.index,
                result,
                finding.code,
                finding.reason,
                section,
                domain=started.domain,
                selector=started.selector,
            )
        added = self.added(signature)
        if result is Result.PASS and "from" in added:
            result, section = outcome("from-added")
            finding = Finding("from-added", "there is a From that was not signed", finding.key)
        uncovered = self.uncovered(signature)
        return DkimSignature(
            started.index,
            result,
            finding.code,
            finding.reason,
            section,
            signature.d,
            signature.s,
            signature.i,
            signature.a,
            signature,
            finding.key,
            signature.l,
            uncovered,
            finding.header_intact,
            added,
            result is Result.PASS and self.counts(finding.key, uncovered),
        )

    def counts(self, key: DkimKey | None, uncovered: int) -> bool:
        if uncovered and self.policy.length is not Length.HONOUR:
            return False
        return self.policy.testing_counts or not (key is not None and key.testing)

    def uncovered(self, signature: Signature) -> int:
        if signature.l is None:
            return 0
        return max(0, len(self.hashing.body(signature.body)) - signature.l)

    def added(self, signature: Signature) -> tuple[str, ...]:
        places = self.message.places
        return tuple(
            [
                name.decode()
                for name, signed in Counter(signature.h).items()
                if name in places and len(places[name]) > signed and name not in TRACE
            ]
        )


# Which of several failures to report: the one that says most about the signer's own key.
_HELP = {"signature-wrong": 0, "body-changed": 0, "key-syntax": 2, "service-differs": 2}


def _unanswered(answer: Answer) -> Finding | None:
    if answer.records and answer.status is Status.FOUND:
        return None
    name = printable(answer.ask.name, 100)
    if answer.status is Status.FAILED:
        if answer.why is Why.BAD_NAME:
            return Finding("key-name-impossible", f"{name} cannot be asked for")
        return Finding("key-unavailable", f"no answer about {name} ({answer.why})")
    return Finding("no-key", f"there is no key at {name}")


def _key(text: str) -> Parsed[DkimKey]:
    return _cached_key(text) if len(text) <= _CACHED else parse_key(text)


@lru_cache(maxsize=1024)
def _cached_key(text: str) -> Parsed[DkimKey]:
    return parse_key(text)
