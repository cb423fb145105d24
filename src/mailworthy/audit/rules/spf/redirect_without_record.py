"""The SPF record hands over to a domain that has no SPF record.

## What it checks
Every `redirect=`, in the record itself and in those that it includes, leads to an SPF record.

## Why it matters
A `redirect=` that leads nowhere is a permanent error for every message that no mechanism before it
matched.

## How to fix
Publish the record at the target, or correct the name.
If the target is gone for good, end the record in `~all` instead.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._shared import BASE, Spf, line, of_tree, world
from mailworthy.audit.rules.spf._tree import errors, where, without_term
from mailworthy.spf.treemodel import ErrorKind, SpfTree


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §6.1",),
    bad=world(f"v=spf1 {BASE} redirect=_spf.example.net"),
    good=world(
        f"v=spf1 {BASE} redirect=_spf.example.net",
        line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net"),
    ),
)
def check(domain: str, spf: Spf, spf_tree: SpfTree, sending: Sending) -> Iterator[Found]:
    for error in errors(spf_tree, ErrorKind.REDIRECT_WITHOUT_RECORD):
        yield Found(
            subject=spf.name,
            message=f"{where(spf_tree, error)} leads to no SPF record",
            evidence=(of_tree(spf_tree),),
            remedy=without_term(spf, domain, spf_tree, error, sending),
        )
