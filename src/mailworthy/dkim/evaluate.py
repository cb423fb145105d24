"""Evaluation of one signature, before and after its key is known (RFC 6376 §6.1)."""

from collections import Counter
from collections.abc import Iterable

from mailworthy.dkim.hashing import Hashing
from mailworthy.dkim.judge import Finding, judge
from mailworthy.dkim.keys import best, fetch_keys
from mailworthy.dkim.record import DkimKey
from mailworthy.dkim.result import TRACE, DkimSignature, Length, Policy, Result, outcome
from mailworthy.dkim.signature import Signature, peek
from mailworthy.lookup.model import Answer, Asking
from mailworthy.message.header import Message
from mailworthy.names import MAX_NAME
from mailworthy.parsed import Parsed


class Started:
    """A signature before its key is known; `early` is set where no key can help."""

    __slots__ = ("domain", "early", "index", "selector", "signature")

    def __init__(self, index: int, signature: Signature | None, early: Finding | None):
        self.index, self.signature, self.early = index, signature, early
        self.domain = signature.d if signature else ""
        self.selector = signature.s if signature else ""


class Work:
    """The signatures of one message, with work shared between them."""

    def __init__(self, message: Message, now: int, policy: Policy) -> None:
        self.hashing = Hashing(message)
        self.message, self.now, self.policy = message, now, policy

    def start(self, index: int, parsed: Parsed[Signature]) -> Started:
        """Begin with the signature that was read from the field at `index`."""
        signature = parsed.record
        if signature is not None:
            return Started(index, signature, self.early(signature))
        problem = parsed.problems[0]
        started = Started(index, None, Finding(problem.code, problem.message))
        value = self.message.lines[index].partition(b":")[2]
        started.domain, started.selector = peek(value)
        return started

    def keys(self, started: Iterable[Started]) -> Asking[dict[str, Answer]]:
        """One round of questions for all keys that are needed."""
        names = [s.signature.key_name for s in started if s.signature and not s.early]
        return (yield from fetch_keys(names))

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

    def finish(self, started: Started, answers: dict[str, Answer]) -> DkimSignature:
        """The evaluation, with what `keys` has found."""
        signature, index = started.signature, started.index
        if signature is None or started.early is not None:
            assert started.early is not None
            return self.report(started, started.early)

        def judged(key: Parsed[DkimKey]) -> Finding:
            return judge(self.hashing, index, signature, key, self.policy)

        answer = answers[signature.key_name]
        return self.report(started, best(answer, self.policy.max_keys, judged))

    def report(self, started: Started, finding: Finding) -> DkimSignature:
        """A finding with all that is known about its signature."""
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
        several = [name for name in signature.h if name in places and len(places[name]) > 1]
        return tuple(
            [
                name.decode()
                for name, signed in Counter(several).items()
                if len(places[name]) > signed and name not in TRACE
            ]
            if several
            else ()
        )
