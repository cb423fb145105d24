"""Look-ups of a record tree that find nothing."""

from ipaddress import ip_network

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Remedy, Step
from mailworthy.audit.rules.spf._cheaper import can_be_spelt_out, spelt_out
from mailworthy.audit.rules.spf._repair import ended
from mailworthy.audit.rules.spf._shared import Spf, amended, replaced, shown
from mailworthy.audit.rules.spf._text import swapped
from mailworthy.audit.rules.spf._tree import below, nodes_of, terminated, until_then
from mailworthy.spf.authorise import Standing, authorises
from mailworthy.spf.model import LIMITS, Kind, Mechanism
from mailworthy.spf.space import networks
from mailworthy.spf.treemodel import Node, SpfTree

_SAMPLES = 64


def burdened(tree: SpfTree) -> bool:
    """Whether too many look-ups find nothing, so that it hurts.

    Names without AAAA find nothing for IPv6 clients only, and where none of those may send,
    nothing is lost.
    """
    if tree.voids4 > LIMITS.voids or tree.voids6 <= LIMITS.voids:
        return tree.voids4 > LIMITS.voids
    samples = (str(ip_network(net).network_address) for net in networks(tree).ipv6[:_SAMPLES])
    return any(authorises(tree, ip).result is Standing.PERMERROR for ip in samples)


def dead(node: Node) -> bool:
    """Whether a term finds nothing for clients of either family."""
    empty = bool(node.voids4 and node.voids6) and not node.addresses and not node.unknown
    return empty and isinstance(node.term, Mechanism) and node.term.kind in _OWN


_OWN = frozenset({Kind.A, Kind.MX, Kind.EXISTS})


def _relief(tree: SpfTree) -> tuple[str, int, int]:
    """The record without such look-ups of its own, and how many are saved for each family."""
    changes: dict[int, str] = {}
    saved4 = saved6 = 0
    for start, _, node in nodes_of(tree):
        if dead(node) or ((node.voids4 or node.voids6) and can_be_spelt_out(node)):
            changes[start] = "" if dead(node) else " ".join(spelt_out(node))
            saved4, saved6 = saved4 + node.voids4, saved6 + node.voids6
    return swapped(tree.text or "", changes), saved4, saved6


def relieved(spf: Spf, domain: str, tree: SpfTree, sending: Sending) -> Remedy:
    """The remedy: one's own record first, then, as far as it takes, those that it includes."""
    text, saved4, saved6 = _relief(tree)
    left4, left6 = tree.voids4 - saved4, tree.voids6 - saved6
    steps: tuple[Step, ...] = ()
    note = ""
    if saved4 or saved6:
        steps = replaced(spf, tree.text or "", ended(text, sending)).steps
    for path, child in below(tree):
        if max(left4, left6) <= LIMITS.voids:
            break
        text, saved4, saved6 = _relief(child)
        if saved4 or saved6:
            wish = f"Too many look-ups of the SPF record of {shown(child.domain)} find nothing."
            steps += amended(domain, child, terminated(text), wish).steps
            note = until_then(path, domain)
            left4, left6 = left4 - saved4, left6 - saved6
    return Remedy(steps, note)
