"""A term exists: of the SPF record is always true, and so it authorises everyone.

## What it checks
No `exists:` has a name that is the same for every message and that has an address.

## Why it matters
`exists:` matches if the name can be found; without a macro such as `%{i}` the client plays no part
in it.
The term is `+all` in other words: whoever forges your domain passes SPF.

## How to fix
To authorise a host by its name, write `a:`.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._shared import BASE, Spf, of_tree, replaced, shown, world
from mailworthy.audit.rules.spf._text import swapped
from mailworthy.audit.rules.spf._tree import is_pass, nodes_of
from mailworthy.spf.model import Kind, Mechanism
from mailworthy.spf.treemodel import Node, SpfTree


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §5.7", "RFC 7208 §8.3"),
    bad=world(f"v=spf1 {BASE} exists:www.example.com ~all"),
    good=world(f"v=spf1 {BASE} exists:%{{i}}._spf.example.com ~all"),
)
def check(spf: Spf, spf_tree: SpfTree) -> Iterator[Found]:
    found = [(start, word) for start, word, node in nodes_of(spf_tree) if _always(node)]
    if found:
        new = {start: _as_host(word) for start, word in found}
        yield Found(
            subject=spf.name,
            message=f"{shown(found[0][1])} is true for every host, so it authorises everyone",
            evidence=(of_tree(spf_tree),),
            remedy=replaced(spf, spf_tree.text or "", swapped(spf_tree.text or "", new)),
        )


def _always(node: Node) -> bool:
    exists = isinstance(node.term, Mechanism) and node.term.kind is Kind.EXISTS
    return exists and is_pass(node) and bool(node.addresses)


def _as_host(word: str) -> str:
    return f"a:{word.partition(':')[2]}"
