"""The SPF record leads back to itself.

## What it checks
No `include:` and no `redirect=` leads to a record that is being evaluated already.

## Why it matters
Receivers run in the circle until the ten look-ups are used up, which is a permanent error for
every message that gets so far.

## How to fix
Take the term away that closes the circle: it adds nobody.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._shared import BASE, Spf, line, of_tree, shown, world
from mailworthy.audit.rules.spf._tree import errors, where, without_term
from mailworthy.spf.treemodel import ErrorKind, SpfTree


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §4.6.4", "RFC 7208 §5.2"),
    bad=world(
        f"v=spf1 {BASE} include:_spf.example.net ~all",
        line("v=spf1 ip4:198.51.100.7 include:example.com -all", "_spf.example.net"),
    ),
    good=world(
        f"v=spf1 {BASE} include:_spf.example.net ~all",
        line("v=spf1 ip4:198.51.100.7 include:example.net -all", "_spf.example.net"),
    ),
)
def check(domain: str, spf: Spf, spf_tree: SpfTree, sending: Sending) -> Iterator[Found]:
    for error in errors(spf_tree, ErrorKind.LOOP):
        yield Found(
            subject=spf.name,
            message=f"{where(spf_tree, error)} leads back to {shown(error.name)}",
            evidence=(of_tree(spf_tree),),
            remedy=without_term(spf, domain, spf_tree, error, sending),
        )
