"""The SPF record includes a record under which nobody passes.

## What it checks
The record behind each `include:` lets at least one host pass.

## Why it matters
The term authorises nobody and costs a look-up.
Services empty their record when they move to another name; if yours did, its mail is not
authorised any more.

## How to fix
See which `include:` the service asks for today, and take this one away.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._repair import ended
from mailworthy.audit.rules.spf._shared import BASE, Spf, line, of_tree, replaced, shown, world
from mailworthy.audit.rules.spf._text import swapped
from mailworthy.audit.rules.spf._tree import is_pass, nodes_of
from mailworthy.spf.model import Kind, Mechanism
from mailworthy.spf.space import Space, networks
from mailworthy.spf.treemodel import Node, SpfTree, State


@rule(
    severity=Severity.ADVICE,
    references=("RFC 7208 §5.2",),
    bad=world(f"v=spf1 {BASE} include:example.net ~all"),
    good=world(
        f"v=spf1 {BASE} include:_spf.example.net ~all",
        line("v=spf1 exists:%{i}._list.example.net -all", "_spf.example.net"),
    ),
)
def check(spf: Spf, spf_tree: SpfTree, sending: Sending) -> Iterator[Found]:
    found = [(start, word) for start, word, node in nodes_of(spf_tree) if _empty(node)]
    if found:
        rest = swapped(spf_tree.text or "", {start: "" for start, _ in found})
        yield Found(
            subject=spf.name,
            message=f"nobody passes by {shown(found[0][1])} in the SPF record of {shown(spf.name)}",
            evidence=(of_tree(spf_tree),),
            remedy=replaced(spf, spf_tree.text or "", ended(rest, sending)),
        )


def _empty(node: Node) -> bool:
    child = node.child
    if not isinstance(node.term, Mechanism) or node.term.kind is not Kind.INCLUDE:
        return False
    if child is None or child.state is not State.RECORD or not is_pass(node):
        return False
    whole = not (child.errors or child.unknown or child.truncated)
    return whole and networks(child) == Space()
