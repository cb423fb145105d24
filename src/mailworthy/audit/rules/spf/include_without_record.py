"""The SPF record includes a domain that has no SPF record.

## What it checks
Every `include:`, in the record itself and in those that it includes, leads to an SPF record.

## Why it matters
An `include:` that leads nowhere is a permanent error for every message that gets so far in the
record.
It happens when a service closes or renames its record, or by a slip in the name.

## How to fix
Correct the name, or take the `include:` away: nobody passes by it.
If it stands in somebody else's record, they must mend it.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._senders import similar
from mailworthy.audit.rules.spf._shared import BASE, Spf, line, of_tree, replaced, world
from mailworthy.audit.rules.spf._text import swapped
from mailworthy.audit.rules.spf._tree import errors, holder, where, without_term
from mailworthy.spf.treemodel import ErrorKind, SpfTree


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §5.2",),
    bad=world(f"v=spf1 {BASE} include:_spf.example.net ~all"),
    good=world(
        f"v=spf1 {BASE} include:_spf.example.net ~all",
        line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net"),
    ),
)
def check(domain: str, spf: Spf, spf_tree: SpfTree, sending: Sending) -> Iterator[Found]:
    for error in errors(spf_tree, ErrorKind.INCLUDE_WITHOUT_RECORD):
        remedy = without_term(spf, domain, spf_tree, error, sending)
        known, text = similar(error.name), spf_tree.text or ""
        hint = f"; perhaps {known} was meant" if known else ""
        if known and len(error.path) == 1:
            start = holder(spf_tree, error.path)[1]
            remedy = replaced(spf, text, swapped(text, {start: f"include:{known}"}))
        yield Found(
            subject=spf.name,
            message=f"{where(spf_tree, error)} leads to no SPF record{hint}",
            evidence=(of_tree(spf_tree),),
            remedy=remedy,
        )
