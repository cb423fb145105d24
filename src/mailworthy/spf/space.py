"""How much of the address space a record tree authorises."""

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

import msgspec

from mailworthy.spf.model import Mechanism, Qualifier
from mailworthy.spf.treemodel import Node, Skipped, SpfTree


class Space(msgspec.Struct, frozen=True):
    """The networks that can pass, joined and sorted, and how many IPv4 addresses they hold.

    An upper bound: a network that an earlier `-` or `~` excludes is counted all the same.
    `open_ended` says that a term which depends on the message may let more pass.
    """

    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    ipv4_addresses: int = 0
    open_ended: bool = False


def networks(tree: SpfTree) -> Space:
    """All networks that pass under this tree."""
    nodes = list(_passing(tree))
    found = [ip_network(cidr) for cidr in {c for node in nodes for c in node.addresses}]
    four = list(collapse_addresses(n for n in found if isinstance(n, IPv4Network)))
    six = list(collapse_addresses(n for n in found if isinstance(n, IPv6Network)))
    return Space(
        tuple(map(str, four)),
        tuple(map(str, six)),
        sum(n.num_addresses for n in four),
        any(node.skipped is Skipped.DYNAMIC for node in nodes),
    )


def _passing(tree: SpfTree) -> Iterator[Node]:
    """The terms whose match is a pass at the top, through include and redirect."""
    for node in tree.nodes:
        if node.skipped is Skipped.IGNORED or not _passes(node):
            continue
        if node.child:
            yield from _passing(node.child)
        else:
            yield node


def _passes(node: Node) -> bool:
    return not isinstance(node.term, Mechanism) or node.term.qualifier is Qualifier.PASS
