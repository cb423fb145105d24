"""More than two DNS look-ups of the SPF record find nothing.

## What it checks
The look-ups of the whole record tree whose answer is that there is no such name or record are
counted, for IPv4 and for IPv6 clients.

## Why it matters
Receivers may stop at the third one with a permanent error, and many do.
What stands behind it in the record is then worth nothing.

## How to fix
Take away terms for names that no longer exist.
For a host that has only IPv4 write `ip4:` with its address instead of `a:` with its name.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._shared import BASE, Spf, of_tree, shown, world
from mailworthy.audit.rules.spf._voids import burdened, relieved
from mailworthy.spf.model import LIMITS
from mailworthy.spf.treemodel import SpfTree

_TWO = "a:old-1.example.com a:old-2.example.com"


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §4.6.4", "RFC 7208 §11.1"),
    bad=world(f"v=spf1 {BASE} {_TWO} mx:old-3.example.com ~all"),
    good=world(f"v=spf1 {BASE} {_TWO} ~all"),
)
def check(domain: str, spf: Spf, spf_tree: SpfTree, sending: Sending) -> Iterator[Found]:
    if not burdened(spf_tree):
        return
    remedy = relieved(spf, domain, spf_tree, sending)
    if remedy.steps:
        yield Found(
            subject=spf.name,
            message=(
                f"{spf_tree.voids} look-ups of the SPF record of {shown(spf.name)} find nothing; "
                f"receivers may give up after {LIMITS.voids}"
            ),
            evidence=(of_tree(spf_tree),),
            remedy=remedy,
        )
