"""A record that the SPF record includes breaks the grammar.

## What it checks
The records behind `include:` and `redirect=` can be read, term by term.

## Why it matters
A record that cannot be read is a permanent error for whoever includes it, for every message that
gets so far.

## How to fix
Tell its owner what is wrong.
Until they mend it, take the term that leads there out of your record, or name the hosts that you
need from it by `ip4:` and `ip6:`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._repair import repaired
from mailworthy.audit.rules.spf._shared import (
    BASE,
    Spf,
    amended,
    line,
    of_tree,
    path_of,
    pointed,
    shown,
    world,
)
from mailworthy.audit.rules.spf._tree import errors, holder, until_then
from mailworthy.spf.treemodel import ErrorKind, SpfTree


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §4.6", "RFC 7208 §5.2"),
    bad=world(
        f"v=spf1 {BASE} include:_spf.example.net ~all",
        line("v=spf1 ipv4:198.51.100.7 -all", "_spf.example.net"),
    ),
    good=world(
        f"v=spf1 {BASE} include:_spf.example.net ~all",
        line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net"),
    ),
)
def check(domain: str, spf: Spf, spf_tree: SpfTree) -> Iterator[Found]:
    for error in errors(spf_tree, ErrorKind.SYNTAX):
        child = holder(spf_tree, error.path)[2].child
        if child is None or child.text is None or child.answer is None or error.parsed is None:
            continue
        problems = error.parsed.problems
        repair = repaired(child.text, Sending())
        wish = f"The SPF record of {shown(error.name)} cannot be read: {problems[0].message}."
        yield Found(
            subject=error.name,
            message=(
                f"the SPF record of {shown(error.name)}, reached by {path_of(error)}, cannot be "
                f"read: {problems[0].message}"
            ),
            evidence=(*pointed(child.answer, child.text, problems), of_tree(spf_tree)),
            remedy=amended(
                domain,
                child,
                repair.text,
                wish,
                blanks=repair.blanks,
                note=until_then(error.path, domain),
            ),
        )
