"""The same record with fewer look-ups: who passes, and who does not, stays as it is."""

import msgspec

from mailworthy.audit.finding import Blank
from mailworthy.audit.rules.spf._repair import Repair
from mailworthy.audit.rules.spf._shared import shown
from mailworthy.audit.rules.spf._text import bound, literal, record
from mailworthy.audit.rules.spf._tree import is_pass, nodes_of
from mailworthy.names import is_within
from mailworthy.spf.model import LIMITS, Kind, Mechanism, Qualifier
from mailworthy.spf.treemodel import Node, Skipped, SpfTree, State


class Item(msgspec.Struct, frozen=True):
    """A term as it is to be written; `node` is None where it needs no look-up."""

    word: str
    node: Node | None = None

    @property
    def lookups(self) -> int:
        """What the term costs with everything behind it."""
        child = self.node.child if self.node else None
        return (self.node.lookups if self.node else 0) + (child.lookups if child else 0)


Items = list[Item]


def cheaper(tree: SpfTree, domain: str, most: int) -> Repair:
    """The record with as few changes as bring it down to `most` look-ups.

    First goes what adds nobody, then names become the addresses that they stand for, then
    records of the domain's own are put in the place of the terms that lead to them. If that is
    not enough, the user is asked who of those that remain still sends.
    """
    items = [Item(word, node) for _, word, node in nodes_of(tree)]
    for step in (_without_repeats, _without_covered, _one_spelt_out, _one_put_in):
        while total(items) > most:
            fewer = step(items, domain)
            if fewer == items:
                break
            items = fewer
    while total(items) > most and (fewer := _one_spelt_out(items, domain)) != items:
        items = fewer
    return _asking(items, domain, most) if total(items) > most else Repair(_text(items))


def total(items: Items) -> int:
    """The look-ups of all terms together."""
    return sum(item.lookups for item in items)


def _text(items: Items) -> str:
    return record(dict.fromkeys(item.word for item in items))


def _without_repeats(items: Items, domain: str) -> Items:
    seen: dict[str, Item] = {}
    for item in items:
        seen.setdefault(item.word, item)
    return list(seen.values())


# --- includes that another include brings along ----------------------------------------------


def _without_covered(items: Items, domain: str) -> Items:
    found = {id(node) for node in covered([item.node for item in items if item.node])}
    return [item for item in items if id(item.node) not in found]


def covered(nodes: list[Node]) -> list[Node]:
    """The includes whose hosts pass by another include of the same record anyway.

    Only where every match means pass: then the order of terms does not matter.
    """
    terms = [n for n in nodes if n.skipped is not Skipped.IGNORED]
    mechanisms = [n for n in terms if isinstance(n.term, Mechanism) and _kind(n) is not Kind.ALL]
    if not all(map(is_pass, mechanisms)):
        return []
    includes = [n for n in mechanisms if _kind(n) is Kind.INCLUDE and n.target]
    bringers: dict[str | None, set[str | None]] = {}
    for include in includes:
        for target in _brought(include.child) if include.child else ():
            bringers.setdefault(target, set()).add(include.target)
    return [n for n in includes if bringers.get(n.target, set()) - {n.target}]


def _brought(tree: SpfTree) -> set[str]:
    """The targets of includes all of whose hosts pass under this tree."""
    found: set[str] = set()
    for node in tree.nodes:
        if node.skipped is Skipped.IGNORED or _kind(node) is Kind.ALL or not is_pass(node):
            break
        if _kind(node) is Kind.INCLUDE and node.target:
            found |= {node.target} | (_brought(node.child) if node.child else set())
    return found


def _kind(node: Node | None) -> Kind | None:
    return node.term.kind if node and isinstance(node.term, Mechanism) else None


# --- names as addresses ----------------------------------------------------------------------


def _one_spelt_out(items: Items, domain: str) -> Items:
    """The first `a` or `mx` as addresses; one's own names come before those of others."""
    fit = [i for i, item in enumerate(items) if item.node and can_be_spelt_out(item.node)]
    fit.sort(key=lambda i: not is_within(_target(items[i]), domain))
    if not fit:
        return items
    node = items[fit[0]].node
    new = [Item(word) for word in (spelt_out(node) if node else [])]
    return [*items[: fit[0]], *new, *items[fit[0] + 1 :]]


def _target(item: Item) -> str:
    return (item.node.target if item.node else None) or "."


def can_be_spelt_out(node: Node) -> bool:
    """Whether all addresses of an `a` or `mx` are known."""
    fits = _kind(node) in (Kind.A, Kind.MX) and node.skipped is None and not node.unknown
    return fits and len(node.mx) <= LIMITS.mx_names


def spelt_out(node: Node) -> list[str]:
    """An `a` or `mx` as terms for the addresses that it stands for.

    Mail hosts beyond those that one `mx` may use have not been asked for; they get an `a` each.
    """
    sign = node.term.qualifier if isinstance(node.term, Mechanism) else Qualifier.PASS
    prefixes = node.text.partition("/")[1] + node.text.partition("/")[2]
    lead = "a:" if sign is Qualifier.PASS else f"{sign.value}a:"
    rest = [f"{lead}{name}{prefixes}" for name in node.mx[LIMITS.mx_names :]]
    return [*(literal(cidr, sign) for cidr in node.addresses), *rest]


# --- one's own records in the place of what leads to them ------------------------------------


def _one_put_in(items: Items, domain: str) -> Items:
    for index, item in enumerate(items):
        if item.node and (new := _contents(item.node, domain)) is not None:
            return [*items[:index], *new, *items[index + 1 :]]
    return items


def _contents(node: Node, domain: str) -> Items | None:
    """The terms that say what an include or redirect= of the domain's own record says."""
    child = node.child
    if child is None or child.state is not State.RECORD or child.cut or not is_pass(node):
        return None
    if not is_within(child.domain, domain):
        return None
    include = _kind(node) is Kind.INCLUDE
    found: Items = []
    for _, word, inner in nodes_of(child):
        if include and _kind(inner) is Kind.ALL:
            return None if is_pass(inner) else found
        moved = bound(word, inner.term, child.domain)
        if moved is None or not _may_move(inner, include):
            return None
        found.append(Item(moved, inner))
    return found


def _may_move(node: Node, include: bool) -> bool:
    """Whether a term means the same one level up: in an include, what does not pass only fails
    to match; and an explanation belongs to the record that it stands in."""
    if isinstance(node.term, Mechanism):
        return is_pass(node) or not include
    return node.term.name == "redirect" and not include


# --- what only the user can know -------------------------------------------------------------


def _asking(items: Items, domain: str, most: int) -> Repair:
    """The record with all terms that cost look-ups left open, but for a redirect=."""
    costly = [i for i in items if i.lookups and i.node and isinstance(i.node.term, Mechanism)]
    kept = total(items) - total(costly)
    room = max(0, most - kept)
    names = ", ".join(f"{shown(i.word)} ({i.lookups})" for i in costly[:20])
    meaning = (
        f"those of {names} whose hosts still send with an envelope sender at {shown(domain)}; "
        f"together they may need {room} look-ups"
    )
    places = set(map(id, costly))
    opened = [i.word for i in items if id(i) not in places]
    at = next((n for n, i in enumerate(items) if id(i) in places), len(opened))
    text = record([*opened[:at], "<terms>", *opened[at:]])
    return Repair(text, (Blank("terms", meaning),))
