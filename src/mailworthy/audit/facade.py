"""The audit as one call: collect, judge, sum up."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec

from mailworthy.audit.checkpoint import Dot, checkpoint
from mailworthy.audit.collect import Target, collect
from mailworthy.audit.combine import combined
from mailworthy.audit.evidence import Evidence
from mailworthy.audit.finding import Finding, Severity
from mailworthy.audit.part import Known, NotAsked
from mailworthy.audit.rule import Rule, load
from mailworthy.audit.run import Gap, Outcome, run
from mailworthy.audit.trial import Trial
from mailworthy.domain.intent import Intent, Waiver
from mailworthy.lookup.drive import Resolver, adrive, drive
from mailworthy.lookup.model import Why
from mailworthy.names import to_ascii
from mailworthy.spf.show import render_tree

DEADLINE = 20.0  # seconds for one domain, whatever its servers do


class Audit(msgspec.Struct, frozen=True):
    """The judgement of one domain, ready to be rendered.

    `spf_tree` is the cost tree in lines of text; `trials` are what receivers would make of the
    domain's mail, where a rehearsal could sign some. Nothing here depends on servers, times or
    remaining TTLs, so that a replay gives the same bytes.
    """

    domain: str
    checkpoint: tuple[Dot, ...]
    findings: tuple[Finding, ...]
    undetermined: tuple[Gap, ...]
    not_rehearsed: tuple[Gap, ...]
    spf_tree: tuple[str, ...] = ()
    trials: tuple[Trial, ...] = ()

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings that count: not waived, and as bad as this or worse."""
        return tuple(
            f for f in self.findings if f.waived is None and f.severity.weight >= severity.weight
        )

    def exit_code(self, fail_on: Severity = Severity.WARNING) -> int:
        """0 clean, 1 findings or a receiver that refuses, 3 nothing failed but something could
        not be determined."""
        mild = fail_on is not Severity.BLOCKER  # mail in the spam folder is not lost
        codes = {trial.exit_code(mild=mild) for trial in self.trials}
        if self.at_least(fail_on) or 1 in codes:
            return 1
        return 3 if self.undetermined or 3 in codes else 0


def conclude(evidence: Evidence, rules: Iterable[Rule], waivers: Iterable[Waiver]) -> Audit:
    """Judge what was collected."""
    outcome: Outcome = run(evidence, rules, waivers)
    tree = evidence.spf_tree
    return Audit(
        domain=evidence.domain,
        checkpoint=checkpoint(evidence, outcome),
        findings=combined(outcome.findings),
        undetermined=(*outcome.undetermined, *_strangers(evidence)),
        not_rehearsed=outcome.not_rehearsed,
        spf_tree=tuple(render_tree(tree.value)) if isinstance(tree, Known) else (),
    )


def _strangers(evidence: Evidence) -> tuple[Gap, ...]:
    """A domain that a zone file does not mention at all was not judged, whatever was asked."""
    vital = (evidence.existence, evidence.mx, evidence.spf, evidence.dmarc)
    if not all(isinstance(part, NotAsked) and part.why == Why.OUTSIDE for part in vital):
        return ()
    return (Gap(evidence.domain, "unmentioned", ()),)


def audit(
    domain: str,
    *,
    intent: Intent | None = None,
    resolver: Resolver | None = None,
    now: datetime | None = None,
) -> Audit:
    """Audit one domain.

    `intent` is what is wanted of it, `resolver` where to ask (the system's resolver by
    default), `now` the moment to judge by. Raises BadName if `domain` is no domain name;
    trouble with the network is part of the result.
    """
    target = _target(domain, intent, now)
    with _means(resolver) as means:
        evidence = drive(collect(target), means, deadline=DEADLINE)
    return conclude(evidence, load(), intent.waive if intent else ())


async def aaudit(
    domain: str,
    *,
    intent: Intent | None = None,
    resolver: Resolver | None = None,
    now: datetime | None = None,
) -> Audit:
    """`audit` under asyncio."""
    target = _target(domain, intent, now)
    with _means(resolver) as means:
        evidence = await adrive(collect(target), means, deadline=DEADLINE)
    return conclude(evidence, load(), intent.waive if intent else ())


@contextmanager
def _means(resolver: Resolver | None) -> Iterator[Resolver]:
    """The resolver given, or this machine's for the time of one audit."""
    if resolver is not None:
        yield resolver
        return
    from mailworthy.lookup.live import Live

    with Live() as live:
        yield live


def _target(domain: str, intent: Intent | None, now: datetime | None) -> Target:
    return Target(domain=to_ascii(domain), now=now or datetime.now(UTC), intent=intent)
