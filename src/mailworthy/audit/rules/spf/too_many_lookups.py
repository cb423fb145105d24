"""Evaluating the SPF record needs more than ten DNS look-ups.

## What it checks
`include`, `a`, `mx`, `ptr`, `exists` and `redirect=` cost a look-up each, in your record and in
all records that it includes.
They are counted over the whole tree, as receivers count them.

## Why it matters
At the eleventh look-up a receiver gives up: a permanent error for every message that was not
matched before, yours or a forger's.
Nobody tells you, and the service behind the last `include:` is the one whose mail suffers.

## How to fix
Take away includes of services that no longer send, and of those that use an envelope sender of
their own.
Write the addresses of your own hosts with `ip4:` and `ip6:`, which costs nothing.
Do not copy the addresses of other people's records into yours: they change.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import AskOther, Found, Remedy, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._cheaper import cheaper
from mailworthy.audit.rules.spf._shared import Spf, line, of_tree, replaced, shown, world
from mailworthy.spf.model import LIMITS
from mailworthy.spf.treemodel import SpfTree

_LEAVES = tuple(line(f"v=spf1 ip4:198.51.100.{n} -all", f"_n{n}.example.net") for n in range(1, 8))
_SERVICES = (
    line("v=spf1 include:_n1.example.net include:_n2.example.net -all", "_one.example.net"),
    line("v=spf1 include:_n3.example.net include:_n4.example.net -all", "_two.example.net"),
    line(
        "v=spf1 include:_n5.example.net include:_n6.example.net include:_n7.example.net -all",
        "_three.example.net",
    ),
)
_INCLUDES = "include:_one.example.net include:_two.example.net include:_three.example.net"


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §4.6.4",),
    bad=world(f"v=spf1 mx {_INCLUDES} ~all", *_SERVICES, *_LEAVES),
    good=world(f"v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 {_INCLUDES} ~all", *_SERVICES, *_LEAVES),
)
def check(domain: str, spf: Spf, spf_tree: SpfTree) -> Iterator[Found]:
    if spf_tree.lookups <= LIMITS.lookups:
        return
    least = "at least " if spf_tree.truncated or spf_tree.unknown else ""
    yield Found(
        subject=spf.name,
        message=(
            f"the SPF record of {shown(spf.name)} needs {least}{spf_tree.lookups} DNS look-ups; "
            f"receivers give up after {LIMITS.lookups}"
        ),
        evidence=(of_tree(spf_tree),),
        remedy=_remedy(domain, spf, spf_tree),
    )


def _remedy(domain: str, spf: Spf, tree: SpfTree) -> Remedy:
    repair = cheaper(tree, domain, LIMITS.lookups)
    if repair.text != tree.text:
        return replaced(spf, tree.text or "", repair)
    # Only a redirect= is left, so that everything happens in somebody else's record.
    owner = next((n.child.domain for n in tree.nodes if n.child), spf.name)
    what = (
        f"The SPF record of {shown(owner)} needs more than the {LIMITS.lookups - 1} DNS look-ups "
        f"that are left to it, since {shown(domain)} hands over to it. Please use fewer."
    )
    return Remedy((AskOther(f"whoever runs {shown(owner)}", what),))
