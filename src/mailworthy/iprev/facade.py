"""iprev as one call, with a resolver."""

from mailworthy.iprev.engine import IprevResult, iprev
from mailworthy.lookup.drive import Resolver
from mailworthy.lookup.run import arun, run
from mailworthy.rdata.address import Address

DEADLINE = 20.0  # seconds


def check(ip: Address | str, *, resolver: Resolver | None = None) -> IprevResult:
    """Whether a name of the client at `ip` leads back to it (RFC 8601 §3).

    `resolver` is where to ask, the system's resolver by default. Raises NotAnAddress if `ip`
    is none; trouble with the network is part of the result.
    """
    return run(iprev(ip), resolver, deadline=DEADLINE)


async def acheck(ip: Address | str, *, resolver: Resolver | None = None) -> IprevResult:
    """`check` under asyncio."""
    return await arun(iprev(ip), resolver, deadline=DEADLINE)
