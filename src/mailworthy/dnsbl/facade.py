"""Blocklists as one call, with a resolver."""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address

from mailworthy.dnsbl import engine
from mailworthy.dnsbl.lists import default
from mailworthy.dnsbl.model import Dnsbl
from mailworthy.dnsbl.result import Health, Listings
from mailworthy.errors import UsageError
from mailworthy.lookup.drive import Resolver
from mailworthy.lookup.run import arun, run
from mailworthy.names import printable
from mailworthy.rdata.address import Address, address
from mailworthy.spf.identity import domain_of

DEADLINE = 20.0  # seconds


def check(
    subjects: Address | str | Iterable[Address | str],
    lists: Sequence[Dnsbl] | None = None,
    *,
    tested: Mapping[str, Health] = engine.NOTHING,
    resolver: Resolver | None = None,
) -> Listings:
    """Whether lists have an entry for an address, a domain, or several of them (RFC 5782).

    `lists` are those of `default()` where none are given: whoever asks them has to keep to their
    terms. `tested` is what `Listings.health` said before. `resolver` is where to ask, the
    system's resolver by default. Trouble with the network, a list that refuses or one that is no
    list any more are parts of the result. A private address is asked about nowhere: its result is
    none, and has no entries. Raises UsageError for a text that is neither an address nor a domain.
    """
    asked = default() if lists is None else lists
    return run(engine.check(_checked(subjects), asked, tested=tested), resolver, deadline=DEADLINE)


async def acheck(
    subjects: Address | str | Iterable[Address | str],
    lists: Sequence[Dnsbl] | None = None,
    *,
    tested: Mapping[str, Health] = engine.NOTHING,
    resolver: Resolver | None = None,
) -> Listings:
    """`check` under asyncio."""
    asked = default() if lists is None else lists
    evaluation = engine.check(_checked(subjects), asked, tested=tested)
    return await arun(evaluation, resolver, deadline=DEADLINE)


def _checked(subjects: Address | str | Iterable[Address | str]) -> list[Address | str]:
    """What is asked about, which is not to be told unlisted for a slip of the pen."""
    if isinstance(subjects, str | IPv4Address | IPv6Address):
        subjects = (subjects,)
    given = list(subjects)
    for each in given:
        if isinstance(each, str) and address(each) is None and domain_of(each) is None:
            raise UsageError(f"{printable(each, 60)} is neither an address nor a domain")
    return given
