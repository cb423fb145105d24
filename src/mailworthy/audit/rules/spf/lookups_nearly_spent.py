"""The SPF record uses up nearly all DNS look-ups, though it could do with fewer.

## What it checks
The record needs nine or ten of the ten look-ups, and some of them can be saved without changing
who passes.

## Why it matters
The services that you include change their records without telling you.
One more `include:` in any of them, and your whole record is a permanent error.

## How to fix
Write the addresses of your own hosts with `ip4:` and `ip6:`, and take repeated includes away.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._cheaper import cheaper
from mailworthy.audit.rules.spf._shared import Spf, line, of_tree, replaced, shown, world
from mailworthy.spf.model import LIMITS
from mailworthy.spf.treemodel import SpfTree

_ENOUGH = 8
_LEAVES = tuple(line(f"v=spf1 ip4:198.51.100.{n} -all", f"_n{n}.example.net") for n in range(1, 8))
_SERVICE = line(
    "v=spf1 " + " ".join(f"include:_n{n}.example.net" for n in range(1, 8)) + " -all",
    "_one.example.net",
)


@rule(
    severity=Severity.ADVICE,
    references=("RFC 7208 §4.6.4", "RFC 7208 §10.1.1"),
    bad=world("v=spf1 mx include:_one.example.net ~all", *_LEAVES, _SERVICE),
    # Eight may be what one service needs.
    good=world(
        "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 include:_one.example.net ~all", *_LEAVES, _SERVICE
    ),
)
def check(domain: str, spf: Spf, spf_tree: SpfTree) -> Iterator[Found]:
    if not _ENOUGH < spf_tree.lookups <= LIMITS.lookups:
        return
    repair = cheaper(spf_tree, domain, _ENOUGH)
    if repair.blanks or repair.text == spf_tree.text:
        return  # nothing that the user could change without knowing more than we do
    yield Found(
        subject=spf.name,
        message=(
            f"the SPF record of {shown(spf.name)} needs {spf_tree.lookups} of the "
            f"{LIMITS.lookups} DNS look-ups"
        ),
        evidence=(of_tree(spf_tree),),
        remedy=replaced(spf, spf_tree.text or "", repair),
    )
