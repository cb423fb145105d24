"""DMARC as calls: the policy for a domain, and the result of a message."""

from collections.abc import Sequence

from mailworthy.dmarc import engine
from mailworthy.dmarc.align import Identifier
from mailworthy.dmarc.discover import PolicyFound
from mailworthy.dmarc.result import DmarcResult
from mailworthy.lookup.drive import Resolver
from mailworthy.lookup.run import arun, run
from mailworthy.names import to_ascii

DEADLINE = 20.0  # seconds for one message


def discover(domain: str, *, resolver: Resolver | None = None) -> PolicyFound:
    """The policy that applies to mail from a domain (RFC 9989 §4.10.1).

    `domain` may have U-labels, `resolver` is where to ask (the system's resolver by default).
    Raises BadName if `domain` is no domain name; trouble with the network is part of the result.
    """
    return run(engine.discover(to_ascii(domain)), resolver, deadline=DEADLINE)


async def adiscover(domain: str, *, resolver: Resolver | None = None) -> PolicyFound:
    """`discover` under asyncio."""
    return await arun(engine.discover(to_ascii(domain)), resolver, deadline=DEADLINE)


def evaluate(
    domains: str | Sequence[str],
    identifiers: Sequence[Identifier],
    *,
    fault: str = "",
    resolver: Resolver | None = None,
) -> DmarcResult:
    """The DMARC result of a message (RFC 9989 §5.3).

    `domains` are the Author Domains, one as it should be, or those that `message.author` finds;
    `fault` is what it says is wrong with the field. `identifiers` are what SPF and DKIM found,
    failures included. The result has no truth value. Raises BadName if one of the domains is
    no domain name; after 20 seconds what was not learned is temperror.
    """
    names = [domains] if isinstance(domains, str) else domains
    asking = engine.evaluate([to_ascii(name) for name in names], identifiers, fault=fault)
    return run(asking, resolver, deadline=DEADLINE)


async def aevaluate(
    domains: str | Sequence[str],
    identifiers: Sequence[Identifier],
    *,
    fault: str = "",
    resolver: Resolver | None = None,
) -> DmarcResult:
    """`evaluate` under asyncio."""
    names = [domains] if isinstance(domains, str) else domains
    asking = engine.evaluate([to_ascii(name) for name in names], identifiers, fault=fault)
    return await arun(asking, resolver, deadline=DEADLINE)
