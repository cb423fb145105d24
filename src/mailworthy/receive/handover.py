"""Whether the servers above a hop handed the message on, or hide who brought it (RFC 5321 §4.4)."""

from collections.abc import Sequence
from ipaddress import ip_address
from itertools import pairwise

from mailworthy.dmarc.psl import organizational_domain
from mailworthy.message.header import Message
from mailworthy.names import labels, normalize
from mailworthy.receive.hops import INSIDE, Hop, hops
from mailworthy.receive.house import is_step, of_exchange_online

# Fields of which a client may have swallowed the rest, by a name with an open quote or comment.
_UNREADABLE = frozenset(("unclosed", "too-long", "no-clause"))


def doubtful(message: Message, hop: int) -> tuple[Hop, ...]:
    """The hops of which each may be the one from outside; none where it is clearly `hop`.

    A server behind a proxy or a translator of addresses sees the same inner address of every
    client, and some write none at all. Then what stands below such a Received field was written by
    whoever sent the message, and looks like an earlier hop. So every field above `hop` has to say
    by its protocol, or by the name of its client, that it took the message from the server below.
    Never raises.
    """
    found = hops(message)[: max(hop, 0)]
    broken = [above for above, below in pairwise(found) if not _handed_on(above, below)]
    return (*broken, found[-1]) if broken else ()


def _handed_on(above: Hop, below: Hop) -> bool:
    """Whether a server took the message from the one that wrote the field below."""
    if any(problem.code in _UNREADABLE for problem in above.problems):
        return False
    received = above.received
    named = [normalize(name) for name in (received.helo, received.reverse) if name]
    if INSIDE.match(received.protocol) or not (named or received.ip):
        return True
    if is_step(received) and of_exchange_online(below.received.by):
        return True
    if any(_same(name, below.received.by) for name in named):
        return True
    return _is_loopback(received.ip) and _at_home(named, received.by, below.received.by)


def _at_home(named: Sequence[str], *servers: str) -> bool:
    """A filter on the machine of the server itself, which gives any name but one of strangers."""
    known = all(_is_local(name) or _same(name, servers[0]) for name in named)
    return known and any(_same(servers[0], by) or _is_local(by) for by in servers[1:])


def _is_local(name: str) -> bool:
    return len(labels(name)) == 1 or labels(name)[0] == "localhost" or name.startswith("[127.")


def _is_loopback(ip: str) -> bool:
    return bool(ip) and ip_address(ip).is_loopback


def _same(name: str, server: str) -> bool:
    """One host, or two of one organization; a bare host name is enough."""
    if not name or not server:
        return False
    if len(labels(name)) == 1 or len(labels(server)) == 1:
        return labels(name)[:1] == labels(server)[:1]
    return organizational_domain(name) == organizational_domain(server)
