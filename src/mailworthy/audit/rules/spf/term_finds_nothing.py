"""A term of the SPF record finds nothing.

## What it checks
The names behind `a`, `mx` and `exists` in the record lead to something.

## Why it matters
The term authorises nobody and costs a look-up; at the third of the kind receivers may give up.
Where the name lies in somebody else's domain that has lapsed, whoever registers it may send in
your name.

## How to fix
Take the term away, or correct the name.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import MxSet, Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._dots import undoubled
from mailworthy.audit.rules.spf._repair import ended
from mailworthy.audit.rules.spf._shared import BASE, Spf, of_tree, replaced, shown, world
from mailworthy.audit.rules.spf._text import swapped
from mailworthy.audit.rules.spf._tree import nodes_of
from mailworthy.audit.rules.spf._voids import burdened, dead
from mailworthy.spf.treemodel import SpfTree


@rule(
    severity=Severity.ADVICE,
    references=("RFC 7208 §4.6.4", "RFC 7208 §5.3"),
    bad=world(f"v=spf1 {BASE} a ~all"),
    good=world(f"v=spf1 {BASE} a:www.example.com ~all"),
)
def check(spf: Spf, spf_tree: SpfTree, sending: Sending, mx: MxSet, domain: str) -> Iterator[Found]:
    found = [(start, word, node) for start, word, node in nodes_of(spf_tree) if dead(node)]
    if any(undoubled(each.exchange, domain) for each in mx.exchanges):
        return  # mx-missing-dot says why 'mx' finds nothing
    if found and not burdened(spf_tree):
        names = ", ".join(repr(shown(word)) for _, word, _ in found[:4])
        rest = swapped(spf_tree.text or "", {start: "" for start, _, _ in found})
        yield Found(
            subject=spf.name,
            message=f"{names} in the SPF record of {shown(spf.name)} finds nothing",
            evidence=(of_tree(spf_tree),),
            remedy=replaced(spf, spf_tree.text or "", ended(rest, sending)),
        )
