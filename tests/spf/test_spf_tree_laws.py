"""Whatever the world answers, the walk ends, is bounded, and says the same twice."""

import random
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from mailworthy.lookup.drive import drive
from mailworthy.lookup.model import Answer, Ask, Question, Reply, Status, Why, failed
from mailworthy.spf.authorise import authorises
from mailworthy.spf.model import LIMITS
from mailworthy.spf.record import render
from mailworthy.spf.show import MAX_LINES, render_tree
from mailworthy.spf.space import networks
from mailworthy.spf.tree import cost
from mailworthy.spf.treemodel import SpfTree
from spf_values import record_texts, records

MOST_ASKS = 1 + LIMITS.descend * (1 + 2 * LIMITS.mx_names)
WHYS = list(Why)


class Hostile:
    """Answers everything, differently for every seed and always alike for one."""

    def __init__(self, seed: int, texts: list[str]) -> None:
        self.seed, self.texts = seed, texts
        self.asks = 0

    def instant(self, ask: Ask) -> Reply:
        assert isinstance(ask, Question)
        self.asks += 1
        luck = random.Random(f"{self.seed} {ask.name} {ask.type}")
        kind = luck.random()
        if kind < 0.1:
            return failed(ask, luck.choice(WHYS))
        if kind < 0.2:
            return Answer(ask, luck.choice([Status.EMPTY, Status.ABSENT]))
        return Answer(ask, Status.FOUND, records=tuple(self.records(ask.type, luck)))

    def records(self, type_: str, luck: random.Random) -> Iterator[str]:
        number = luck.randrange(256)
        odd = ["", "\x00", "nonsense", "10", "10 . .", "-1 x.example.", "99999 a..b.", "::1%x"]
        for _ in range(luck.choice([1, 1, 1, 2, 30]) if type_ != "TXT" else 1):
            match type_:
                case "TXT":
                    yield luck.choice(self.texts)
                case "MX":
                    yield luck.choice([*odd, f"{number % 9} m{number}.example."])
                case _:
                    yield luck.choice([*odd, f"192.0.2.{number}", "2001:db8::1"])


BUSHY = ["v=spf1 " + " ".join(f"include:%{{d1r}}{i}.example mx:m{i}.example" for i in range(9))]
texts = st.lists(record_texts | records().map(render), min_size=1, max_size=5)
worlds = st.builds(Hostile, st.integers(0, 10**6), st.just(BUSHY) | texts.map(lambda t: t + BUSHY))


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
