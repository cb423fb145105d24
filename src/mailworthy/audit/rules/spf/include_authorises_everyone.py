"""A record that the SPF record includes authorises every host in the world.

## What it checks
No record behind `include:` or `redirect=` lets every host pass, be it by `+all`, by a network such
as `0.0.0.0/0`, or by an `exists:` that is always true.

## Why it matters
What passes there passes in your record: whoever forges your domain passes SPF, and with it DMARC.

## How to fix
Take the `include:` away until its owner has mended the record.
"""

from collections.abc import Iterator
from ipaddress import ip_network

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._networks import EVERYONE
from mailworthy.audit.rules.spf._shared import BASE, Spf, amended, line, of_tree, shown, world
from mailworthy.audit.rules.spf._text import is_all, swapped
from mailworthy.audit.rules.spf._tree import below, is_pass, nodes_of, terminated, until_then
from mailworthy.spf.model import Mechanism
from mailworthy.spf.treemodel import Node, SpfTree


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §5.2", "RFC 7208 §8.3"),
    bad=world(
        f"v=spf1 {BASE} include:_spf.example.net ~all",
        line("v=spf1 ip4:198.51.100.7 +all", "_spf.example.net"),
    ),
    good=world(
        f"v=spf1 {BASE} include:_spf.example.net ~all",
        line("v=spf1 ip4:198.51.100.0/24 ?all", "_spf.example.net"),
    ),
)
def check(domain: str, spf: Spf, spf_tree: SpfTree) -> Iterator[Found]:
    for path, child in below(spf_tree):
        found = [(start, word) for start, word, node in nodes_of(child) if lets_all_pass(node)]
        if found:
            changes = {start: "~all" if is_all(word) else "" for start, word in found}
            new = terminated(swapped(child.text or "", changes))
            word = shown(found[0][1])
            wish = f"{word} in the SPF record of {shown(child.domain)} lets every host pass."
            yield Found(
                subject=child.domain,
                message=(
                    f"{word} in the SPF record of {shown(child.domain)} lets every host pass for "
                    f"{shown(spf.name)} too"
                ),
                evidence=(of_tree(spf_tree),),
                remedy=amended(domain, child, new, wish, note=until_then(path, domain)),
            )


def lets_all_pass(node: Node) -> bool:
    """Whether a mechanism lets most of the internet pass."""
    if not isinstance(node.term, Mechanism) or not is_pass(node):
        return False
    nets = map(ip_network, node.addresses)
    return any(net.prefixlen <= EVERYONE[net.version] for net in nets)
