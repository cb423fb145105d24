"""The SPF record includes a record that another one brings along.

## What it checks
No `include:` of the record leads to a record that is part of another of its includes.

## Why it matters
Whoever passes by it passes by the other as well.
It costs look-ups, of which there are ten, for nothing.

## How to fix
Take the `include:` away that the other one brings along.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._cheaper import covered
from mailworthy.audit.rules.spf._shared import BASE, Spf, line, of_tree, replaced, shown, world
from mailworthy.audit.rules.spf._text import swapped
from mailworthy.audit.rules.spf._tree import nodes_of
from mailworthy.spf.treemodel import SpfTree

_INNER = line("v=spf1 ip4:198.51.100.7 -all", "_blocks.example.net")
_OUTER = line("v=spf1 include:_blocks.example.net -all", "_spf.example.net")


@rule(
    severity=Severity.ADVICE,
    references=("RFC 7208 §4.6.4", "RFC 7208 §5.2"),
    bad=world(
        f"v=spf1 {BASE} include:_spf.example.net include:_blocks.example.net ~all", _INNER, _OUTER
    ),
    good=world(f"v=spf1 {BASE} include:_spf.example.net ~all", _INNER, _OUTER),
)
def check(spf: Spf, spf_tree: SpfTree) -> Iterator[Found]:
    nodes = nodes_of(spf_tree)
    extra = {id(node) for node in covered([node for _, _, node in nodes])}
    found = [(start, word) for start, word, node in nodes if id(node) in extra]
    if found:
        names = ", ".join(shown(word) for _, word in found[:4])
        new = swapped(spf_tree.text or "", {start: "" for start, _ in found})
        yield Found(
            subject=spf.name,
            message=f"{names} in the SPF record of {shown(spf.name)} is part of another include",
            evidence=(of_tree(spf_tree),),
            remedy=replaced(spf, spf_tree.text or "", new),
        )
