"""check_host() as one call, with a resolver."""

from datetime import datetime

from mailworthy.lookup.drive import Resolver
from mailworthy.lookup.run import arun, epoch, run
from mailworthy.rdata.address import Address
from mailworthy.spf import engine
from mailworthy.spf.model import LIMITS, Limits
from mailworthy.spf.result import SpfResult

DEADLINE = 20.0  # seconds, the least that RFC 7208 §4.6.4 wants allowed


def check_host(
    ip: Address | str,
    domain: str,
    sender: str,
    *,
    helo: str,
    resolver: Resolver | None = None,
    now: datetime | None = None,
    receiver: str | None = None,
    limits: Limits | None = None,
) -> SpfResult:
    """Whether the client at `ip` may send for `domain` (RFC 7208 §4).

    `domain` and `sender` are what `mail_from_identity` or `helo_identity` give, `helo` is the
    HELO name, `resolver` where to ask (the system's resolver by default). `now` and `receiver`,
    the name of this host, appear in explanations. After 20 seconds the result is temperror.
    Raises NotAnAddress if `ip` is none; trouble with the network is part of the result.
    """
    evaluation = engine.check_host(
        ip,
        domain,
        sender,
        helo=helo,
        receiver=receiver or "unknown",
        now=epoch(now),
        limits=limits or LIMITS,
    )
    return run(evaluation, resolver, deadline=DEADLINE)


async def acheck_host(
    ip: Address | str,
    domain: str,
    sender: str,
    *,
    helo: str,
    resolver: Resolver | None = None,
    now: datetime | None = None,
    receiver: str | None = None,
    limits: Limits | None = None,
) -> SpfResult:
    """`check_host` under asyncio."""
    evaluation = engine.check_host(
        ip,
        domain,
        sender,
        helo=helo,
        receiver=receiver or "unknown",
        now=epoch(now),
        limits=limits or LIMITS,
    )
    return await arun(evaluation, resolver, deadline=DEADLINE)
