"""The HELO name as one call, with a resolver."""

from collections.abc import Collection

from mailworthy.helo import engine
from mailworthy.helo.result import HeloResult
from mailworthy.lookup.drive import Resolver
from mailworthy.lookup.run import arun, run
from mailworthy.rdata.address import Address

DEADLINE = 20.0  # seconds


def check(
    helo: str, ip: Address | str, *, own: Collection[str] = (), resolver: Resolver | None = None
) -> HeloResult:
    """Whether what the client at `ip` gave as its name is the name of a host (RFC 5321 §4.1.4).

    `own` are our own names, in the inside form, and our addresses. `resolver` is where to ask,
    the system's resolver by default. Raises NotAnAddress if `ip` is none; trouble with the
    network is part of the result.
    """
    return run(engine.check(helo, ip, own=own), resolver, deadline=DEADLINE)


async def acheck(
    helo: str, ip: Address | str, *, own: Collection[str] = (), resolver: Resolver | None = None
) -> HeloResult:
    """`check` under asyncio."""
    return await arun(engine.check(helo, ip, own=own), resolver, deadline=DEADLINE)
