"""A term mx of the SPF record leads to more than ten mail hosts.

## What it checks
No `mx` in the record, or in those that it includes, finds more than ten names.

## Why it matters
Receivers ask for the addresses of ten names; more are a permanent error for every message that
gets so far in the record.

## How to fix
Name the addresses with `ip4:` and `ip6:`, which costs no look-up at all.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._cheaper import spelt_out
from mailworthy.audit.rules.spf._shared import (
    BASE,
    Spf,
    amended,
    of_tree,
    replaced,
    shown,
    world,
)
from mailworthy.audit.rules.spf._text import swapped
from mailworthy.audit.rules.spf._tree import errors, holder, until_then, where
from mailworthy.spf.treemodel import ErrorKind, SpfTree

_HOSTS = tuple(f"mx{n}.example.net. A 198.51.100.{n}" for n in range(1, 12))
_NAMES = tuple(f"lists.example.net. MX 10 mx{n}.example.net." for n in range(1, 12))


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §4.6.4", "RFC 7208 §5.4"),
    bad=world(f"v=spf1 {BASE} mx:lists.example.net ~all", *_HOSTS, *_NAMES),
    good=world(f"v=spf1 {BASE} mx:lists.example.net ~all", *_HOSTS, *_NAMES[:10]),
)
def check(domain: str, spf: Spf, spf_tree: SpfTree) -> Iterator[Found]:
    for error in errors(spf_tree, ErrorKind.MX_OVER_LIMIT):
        at, start, node = holder(spf_tree, error.path)
        new = swapped(at.text or "", {start: " ".join(spelt_out(node))})
        if at is spf_tree:
            remedy = replaced(spf, at.text or "", new)
        else:
            wish = f"{shown(node.text)} in the SPF record of {shown(at.domain)} finds too many."
            remedy = amended(domain, at, new, wish, note=until_then(error.path, domain))
        yield Found(
            subject=spf.name,
            message=f"{where(spf_tree, error)} finds {len(node.mx)} mail hosts; ten are allowed",
            evidence=(of_tree(spf_tree),),
            remedy=remedy,
        )
