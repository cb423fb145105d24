"""A record tree as lines for people."""

from collections.abc import Iterator

from mailworthy.names import printable
from mailworthy.spf.model import LIMITS, Limits
from mailworthy.spf.treemodel import Node, Skipped, SpfTree, State

MAX_LINES = 500
MAX_TEXT = 160
_STATES = {
    State.NONE: "no SPF record",
    State.SEVERAL: "several SPF records",
    State.SYNTAX: "syntax error",
    State.FAILED: "could not be looked up",
}
_SKIPPED = {
    Skipped.DYNAMIC: "depends on the message",
    Skipped.LOOP: "leads in a circle",
    Skipped.BAD_NAME: "no possible DNS name",
    Skipped.TRUNCATED: "not followed: the tree is too large",
    Skipped.IGNORED: "ignored",
}


def render_tree(tree: SpfTree, *, limits: Limits = LIMITS) -> list[str]:
    """One line a term, in the order of evaluation: the look-ups it costs and the total so far.

    Everything from DNS is escaped; at most MAX_LINES lines.
    """
    bound = "at least " if tree.truncated or tree.unknown else ""
    head = f"{printable(tree.domain, MAX_TEXT)}  {bound}{_count(tree.lookups, 'look-up')}"
    voids = f", {tree.voids} of them void" if tree.voids else ""
    lines = [f"{head} of {limits.lookups}{voids}{_state(tree)}"]
    for line in _lines(tree, "", [0]):
        if len(lines) >= MAX_LINES:
            return [*lines, "…"]
        lines.append(line)
    return lines


def _lines(tree: SpfTree, indent: str, total: list[int]) -> Iterator[str]:
    for i, node in enumerate(tree.nodes):
        is_last = i == len(tree.nodes) - 1
        total[0] += node.lookups
        notes = "".join(f"  ({note})" for note in _notes(node))
        count = f"  +{node.lookups} = {total[0]}" if node.lookups else ""
        text = printable(node.text, MAX_TEXT)
        yield f"{indent}{'└─ ' if is_last else '├─ '}{text}{count}{notes}"
        if node.child:
            yield from _lines(node.child, indent + ("   " if is_last else "│  "), total)


def _notes(node: Node) -> Iterator[str]:
    if node.skipped:
        yield _SKIPPED[node.skipped]
    if node.child and node.child.state in _STATES:
        yield _STATES[node.child.state]
    if node.unknown:
        yield "could not be looked up"
    if node.voids4 and node.voids6:
        yield "void"
    elif node.voids4 or node.voids6:
        yield "void for IPv4" if node.voids4 else "void for IPv6"


def _state(tree: SpfTree) -> str:
    return f"  ({_STATES[tree.state]})" if tree.state in _STATES else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
