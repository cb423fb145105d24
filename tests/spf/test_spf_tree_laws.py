"""Whatever the world answers, the walk ends, is bounded, and says the same twice."""

from hypothesis import given
from hypothesis import strategies as st

from mailworthy.lookup.drive import drive
from mailworthy.spf.authorise import authorises
from mailworthy.spf.model import LIMITS
from mailworthy.spf.show import MAX_LINES, render_tree
from mailworthy.spf.space import networks
from mailworthy.spf.tree import cost
from mailworthy.spf.treemodel import SpfTree
from spf_hostile import Hostile, worlds

MOST_ASKS = 1 + LIMITS.descend * (1 + 2 * LIMITS.mx_names)


def size(tree: SpfTree) -> tuple[int, int]:
    """Number of nodes and depth."""
    below = [size(node.child) for node in tree.nodes if node.child]
    count = len(tree.nodes) + sum(n for n, _ in below)
    return count, 1 + max((depth for _, depth in below), default=0)


@given(worlds)
def test_the_walk_is_bounded_and_repeatable(world: Hostile) -> None:
    found = drive(cost("d.example"), world)
    assert world.asks <= MOST_ASKS
    assert size(found)[1] <= LIMITS.depth
    assert drive(cost("d.example"), world) == found


@given(worlds, st.ip_addresses().map(str))
def test_what_follows_from_a_tree_never_raises(world: Hostile, ip: str) -> None:
    found = drive(cost("d.example"), world)
    decided = authorises(found, ip)
    assert decided.possible
    assert decided.result in decided.possible or len(decided.possible) > 1
    assert 0 <= networks(found).ipv4_addresses <= 2**32
    lines = render_tree(found)
    assert len(lines) <= MAX_LINES + 1
    assert all(line.isprintable() for line in lines)


@given(worlds)
def test_totals_are_the_sums_of_their_parts(world: Hostile) -> None:
    found = drive(cost("d.example"), world)

    def total(tree: SpfTree) -> int:
        return sum(n.lookups + (total(n.child) if n.child else 0) for n in tree.nodes)

    assert found.lookups == total(found)
    assert found.voids <= found.lookups
    assert found.voids4 <= found.empty4
    assert found.voids6 <= found.empty6
