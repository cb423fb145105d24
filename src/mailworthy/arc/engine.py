"""Validation of a chain (RFC 8617 §5.2)."""

import hashlib
from datetime import datetime

from mailworthy.arc.result import POLICY, SECTIONS, ArcResult, ArcSet, Result
from mailworthy.arc.sets import Chain, SetFound, read_chain
from mailworthy.dkim.canonical import Canonicalization
from mailworthy.dkim.evaluate import Started, Work
from mailworthy.dkim.hashing import Hashing
from mailworthy.dkim.judge import Finding, is_body
from mailworthy.dkim.result import DkimSignature, Length, Policy
from mailworthy.dkim.result import Result as Signed
from mailworthy.dkim.signature import without_b
from mailworthy.lookup.model import Answer, Asking
from mailworthy.message.header import Message, read

_RELAXED = Canonicalization.RELAXED


def verify(
    message: bytes | Message, *, now: datetime, policy: Policy = POLICY
) -> Asking[ArcResult]:
    """Validate the chain of a message; one round of questions, and none for a chain that cannot
    pass whatever the keys are.

    Never raises for anything that a message or a name server says. At most 50 sets are looked
    at; the seals of all take time linear in their size together, and each message signature time
    linear in the size of the message. `policy` is that of DKIM, by which the keys are judged.
    """
    read_message = read(message)
    chain = read_chain(read_message)
    if chain is None:
        return ArcResult(Result.NONE, "no-chain", "there is no chain", SECTIONS["no-chain"])
    judging = _Judging(chain, Work(read_message, int(now.timestamp()), policy))
    if chain.fault is not None:
        return judging.failed(chain.fault.code, chain.fault.message)
    return (yield from judging.judge())


def hash_seals(hashing: Hashing, sets: tuple[SetFound, ...]) -> None:
    """Work out what each seal signs: all sets up to its own (RFC 8617 §5.1.1), in one go."""
    running = hashlib.sha256()
    for one in sets:
        results, signature, seal = one.places
        for index in (results, signature):
            running.update(hashing.field(index, _RELAXED) + b"\r\n")
        own = running.copy()
        own.update(hashing.apart(without_b(hashing.message.lines[seal]), _RELAXED))
        hashing.headers[seal] = own.digest()
        running.update(hashing.field(seal, _RELAXED) + b"\r\n")


class _Pair:
    """The two signatures of a set, begun."""

    def __init__(self, found: SetFound, work: Work) -> None:
        self.found = found
        message_signature, seal = found.message_signature, found.seal
        self.message_signature = work.start(
            message_signature.index, message_signature.field.signature
        )
        self.seal = work.start(seal.index, seal.field.signature)


class _Judging:
    def __init__(self, chain: Chain, work: Work) -> None:
        self.work = work
        self.pairs = [_Pair(found, work) for found in chain.sets]
        self.done: dict[int, DkimSignature] = {}
        self.answers: dict[str, Answer] = {}
        if chain.fault is None:
            hash_seals(work.hashing, chain.sets)

    def judge(self) -> Asking[ArcResult]:
        """Steps 4 to 7."""
        newest = self.pairs[-1].message_signature
        if newest.signature and not newest.early:
            self.compare_body(newest)
        decisive = [newest, *[pair.seal for pair in reversed(self.pairs)]]
        hopeless = [started for started in decisive if started.early]
        if not hopeless:
            signatures = [pair.message_signature for pair in self.pairs]
            self.answers = yield from self.work.keys([*decisive, *signatures])
        return self.decide(hopeless[:1] or decisive)

    def compare_body(self, started: Started) -> None:
        """A body that was changed needs no key to be seen, and nobody is asked for one."""
        assert started.signature is not None
        if not is_body(self.work.hashing, started.signature):
            started.early = Finding("body-changed", "the body was changed")

    def decide(self, decisive: list[Started]) -> ArcResult:
        """All of these must hold. What is wrong for good counts before what may be asked again."""
        unanswered = None
        for started in decisive:
            found = self.finish(started)
            if found.result is Signed.TEMPERROR:
                unanswered = unanswered or started
            elif found.result is not Signed.PASS:
                code = "seal" if self.is_seal(started) else "message-signature"
                return self.failed(code, self.about(started))
            elif not self.stands(found):
                reason = f"{found.uncovered} octets lie beyond l= of the message signature"
                return self.failed("length-leaves-room", reason)
        if unanswered:
            return self.failed("key-unavailable", self.about(unanswered), temporary=True)
        return self.passed()

    def passed(self) -> ArcResult:
        oldest, count = self.oldest_pass(), len(self.pairs)
        reason = f"{count} sets hold" if count > 1 else "one set holds"
        return ArcResult(Result.PASS, "good", reason, SECTIONS["good"], self.sets(), oldest)

    def oldest_pass(self) -> int:
        """Step 5: older message signatures may fail, and none is tried below one that does."""
        for pair in self.pairs[-2::-1]:
            if not self.stands(self.finish(pair.message_signature)):
                return pair.found.i + 1
        return 0

    def failed(self, code: str, reason: str, *, temporary: bool = False) -> ArcResult:
        return ArcResult(
            Result.FAIL, code, reason, SECTIONS[code], self.sets(), temporary=temporary
        )

    def finish(self, started: Started) -> DkimSignature:
        found = self.work.finish(started, self.answers)
        self.done[started.index] = found
        return found

    def stands(self, found: DkimSignature) -> bool:
        """Whether a signature is good, and for the whole body where the policy wants that."""
        whole = not found.uncovered or self.work.policy.length is Length.HONOUR
        return found.result is Signed.PASS and whole

    def is_seal(self, started: Started) -> bool:
        return any(started is pair.seal for pair in self.pairs)

    def about(self, started: Started) -> str:
        pair = next(p for p in self.pairs if started in (p.seal, p.message_signature))
        name = "ARC-Seal" if started is pair.seal else "ARC-Message-Signature"
        return f"{name} of set {pair.found.i}: {self.done[started.index].reason}"

    def sets(self) -> tuple[ArcSet, ...]:
        return tuple(
            ArcSet(
                pair.found.i,
                pair.found.results.field.text,
                self.state(pair.message_signature),
                self.state(pair.seal),
                pair.found.seal.field.status,
            )
            for pair in self.pairs
        )

    def state(self, started: Started) -> DkimSignature:
        if started.index in self.done:
            return self.done[started.index]
        return self.work.report(started, Finding("not-evaluated", "nothing depended on it"))
