"""Whether a domain can be answered, as one call, with a resolver."""

from mailworthy.lookup.drive import Resolver
from mailworthy.lookup.run import arun, run
from mailworthy.mx import engine
from mailworthy.mx.result import MxResult

DEADLINE = 20.0  # seconds


def check(domain: str, *, resolver: Resolver | None = None) -> MxResult:
    """Whether there is a host to which mail from `domain` can be answered (RFC 5321 §5.1).

    `resolver` is where to ask, the system's resolver by default. Raises nothing for a domain or
    an answer; trouble with the network is part of the result.
    """
    return run(engine.check(domain), resolver, deadline=DEADLINE)


async def acheck(domain: str, *, resolver: Resolver | None = None) -> MxResult:
    """`check` under asyncio."""
    return await arun(engine.check(domain), resolver, deadline=DEADLINE)
