"""Several domains at once: each on its own, in the order asked for."""

import asyncio
import gc
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import islice

from mailworthy.audit.collect import Target, collect
from mailworthy.audit.evidence import Evidence
from mailworthy.audit.facade import Audit, conclude
from mailworthy.audit.rule import Rule
from mailworthy.audit.run import Gap
from mailworthy.lookup.drive import Instant, Resolver, adrive, drive
from mailworthy.lookup.replay import ReplayError, Scoped

AHEAD = 64  # for each job: so many domains are judged beyond one that keeps the others waiting


def settle() -> None:
    """Let the garbage collector pass over what is loaded by now, and come by less often.

    For programs that do little else: many audits take a tenth less time.
    """
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


def audits(
    targets: Iterable[Target], resolver: Resolver, rules: Sequence[Rule], *, deadline: float
) -> Iterator[Audit]:
    """Audit one after the other, for resolvers that never wait; `deadline` is per domain."""
    for target in targets:
        try:
            evidence = drive(collect(target), _apart(resolver, target), deadline=deadline)
            yield _judge(target, evidence, rules)
        except ReplayError:
            raise  # the recording cannot be written, which is no fault of the domain
        except Exception as error:  # noqa: BLE001 - one broken domain must not hurt another
            yield broken(target, error)


async def aaudits(
    targets: Iterable[Target],
    resolver: Resolver,
    rules: Sequence[Rule],
    *,
    deadline: float,
    jobs: int = 16,
) -> AsyncIterator[Audit]:
    """Audit `jobs` domains at a time; results come in the order of the targets.

    Targets are taken as they are needed, so that there may be any number of them.
    """
    if isinstance(resolver, Instant):
        for audit in audits(targets, resolver, rules, deadline=deadline):
            yield audit
        return
    slots = asyncio.Semaphore(jobs)
    coming = (asyncio.ensure_future(_one(t, resolver, rules, deadline, slots)) for t in targets)
    tasks = deque(islice(coming, jobs * AHEAD))
    try:
        while tasks:
            yield await tasks[0]
            tasks.popleft()
            tasks.extend(islice(coming, 1))
    finally:
        for task in tasks:
            task.cancel()


async def _one(
    target: Target,
    resolver: Resolver,
    rules: Sequence[Rule],
    deadline: float,
    slots: asyncio.Semaphore,
) -> Audit:
    async with slots:
        try:
            alone = _apart(resolver, target)
            evidence = await adrive(collect(target), alone, deadline=deadline)
            return _judge(target, evidence, rules)
        except ReplayError:
            raise
        except Exception as error:  # noqa: BLE001 - one broken domain must not hurt another
            return broken(target, error)


def _apart(resolver: Resolver, target: Target) -> Resolver:
    """The resolver that keeps this domain's run apart in a recording."""
    return resolver.scoped(target.domain) if isinstance(resolver, Scoped) else resolver


def _judge(target: Target, evidence: Evidence, rules: Sequence[Rule]) -> Audit:
    return conclude(evidence, rules, target.intent.waive if target.intent else ())


def broken(target: Target, error: Exception) -> Audit:
    """The result for a domain that our own fault kept from being judged."""
    gap = Gap(target.domain, f"internal error, please report it: {error!r}", ())
    return Audit(target.domain, (), (), (gap,), ())
