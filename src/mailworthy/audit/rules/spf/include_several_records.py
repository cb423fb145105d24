"""A domain that the SPF record includes has more than one SPF record.

## What it checks
The targets of `include:` and `redirect=` have exactly one SPF record each.

## Why it matters
Two records are a permanent error for whoever includes them, for every message that gets so far.

## How to fix
Tell their owner that the two must become one.
Until then, take the term that leads there out of your record, or name the hosts that you need by
`ip4:` and `ip6:`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._repair import is_one_of, merged
from mailworthy.audit.rules.spf._shared import (
    BASE,
    Spf,
    amended,
    line,
    of_tree,
    path_of,
    shown,
    world,
)
from mailworthy.audit.rules.spf._tree import errors, holder, until_then
from mailworthy.spf.treemodel import ErrorKind, SpfTree

_FIRST = line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net")


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §4.5", "RFC 7208 §5.2"),
    bad=world(
        f"v=spf1 {BASE} include:_spf.example.net ~all",
        _FIRST,
        line("v=spf1 ip4:198.51.100.8 -all", "_spf.example.net"),
    ),
    good=world(
        f"v=spf1 {BASE} include:_spf.example.net ~all",
        _FIRST,
        line("another-service-verification=1234", "_spf.example.net"),
    ),
)
def check(domain: str, spf: Spf, spf_tree: SpfTree) -> Iterator[Found]:
    for error in errors(spf_tree, ErrorKind.SEVERAL_RECORDS):
        child = holder(spf_tree, error.path)[2].child
        if child is None or child.answer is None:
            continue
        repair = merged(child.texts, Sending())
        new = is_one_of(repair, child.texts) or repair.text
        wish = f"{shown(error.name)} has {len(child.texts)} SPF records, where one is allowed."
        yield Found(
            subject=error.name,
            message=(
                f"{shown(error.name)}, reached by {path_of(error)}, has {len(child.texts)} SPF "
                "records"
            ),
            evidence=(cite(child.answer), of_tree(spf_tree)),
            remedy=amended(
                domain,
                child,
                new,
                wish,
                blanks=repair.blanks,
                note=until_then(error.path, domain),
            ),
        )
