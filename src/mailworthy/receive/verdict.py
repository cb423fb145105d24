"""A receiver's whole judgement of one message."""

from collections.abc import Iterator
from typing import NoReturn

import msgspec

from mailworthy.lookup.model import Reply, Why
from mailworthy.receive.checks import CheckResult, checks
from mailworthy.receive.decision import Decision
from mailworthy.receive.evidence import Evidence
from mailworthy.receive.words import Check, Disposition


class Heard(msgspec.Struct, frozen=True):
    """The answers that one check used, in the order in which they came."""

    check: Check
    replies: tuple[Reply, ...]


class Step(msgspec.Struct, frozen=True):
    """One answer, and the check that used it."""

    check: Check
    reply: Reply


class Verdict(msgspec.Struct, frozen=True):
    """What was asked, what was learned, and what receivers make of it.

    `decisions` are one for each profile asked for, in that order; `heard` are the answers behind
    it all. `assumptions` are what had to be taken for granted, in sentences.
    """

    evidence: Evidence
    decisions: tuple[Decision, ...]
    heard: tuple[Heard, ...] = ()
    assumptions: tuple[str, ...] = ()

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict has no truth value: compare its .disposition")

    @property
    def decision(self) -> Decision:
        """That of the first profile asked for."""
        return self.decisions[0]

    @property
    def disposition(self) -> Disposition:
        """That of the first profile asked for."""
        return self.decision.disposition

    @property
    def checks(self) -> tuple[CheckResult, ...]:
        """Every check in the words of RFC 8601, in the order of `Check`; made on each call."""
        return checks(self.evidence, (step.reply for step in self.trace))

    def check(self, check: Check) -> CheckResult:
        """The result of one check, such as "spf"."""
        return next(c for c in self.checks if c.check == check)

    @property
    def trace(self) -> Iterator[Step]:
        """Every answer with the check that used it."""
        return (Step(heard.check, reply) for heard in self.heard for reply in heard.replies)

    @property
    def not_done(self) -> tuple[Check, ...]:
        """The checks that the deadline cut short."""
        return tuple(
            heard.check
            for heard in self.heard
            if any(reply.why is Why.DEADLINE for reply in heard.replies)
        )
