"""The SPF record hands over to one that says nothing about other hosts.

## What it checks
The record behind `redirect=` ends in `~all` or `-all`, or hands over to one that does.

## Why it matters
With `redirect=` the end of the other record is the end of yours.
If it is `?all`, or missing, mail from a forger is treated as if you had published no record.

## How to fix
Write `include:` in the place of `redirect=`, and `~all` behind it.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._shared import (
    BASE,
    Spf,
    amended,
    line,
    of_tree,
    replaced,
    shown,
    world,
)
from mailworthy.audit.rules.spf._text import is_all, record, words
from mailworthy.audit.rules.spf._tree import redirected
from mailworthy.names import is_within
from mailworthy.spf.treemodel import SpfTree


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §4.7", "RFC 7208 §6.1"),
    bad=world(
        f"v=spf1 {BASE} redirect=_spf.example.net",
        line("v=spf1 ip4:198.51.100.7 ?all", "_spf.example.net"),
    ),
    good=world(
        f"v=spf1 {BASE} redirect=_spf.example.net",
        line("v=spf1 ip4:198.51.100.7 ~all", "_spf.example.net"),
    ),
)
def check(domain: str, spf: Spf, spf_tree: SpfTree) -> Iterator[Found]:
    last = redirected(spf_tree)
    if last is None or last.parsed is None or not last.parsed.record:
        return
    if last.parsed.has("no-terminator", "neutral-all"):
        yield Found(
            subject=spf.name,
            message=(
                f"the SPF record of {shown(spf.name)} ends in that of {shown(last.domain)}, which "
                "says nothing about hosts that it does not name"
            ),
            evidence=(of_tree(spf_tree),),
            remedy=_remedy(domain, spf, spf_tree, last),
        )


def _remedy(domain: str, spf: Spf, tree: SpfTree, last: SpfTree) -> Remedy:
    if is_within(last.domain, domain):
        terms = [word for word in words(last.text or "") if not is_all(word)]
        return amended(domain, last, record([*terms, "~all"]), "")
    text = tree.text or ""
    return replaced(spf, text, record([*map(_included, words(text)), "~all"]))


def _included(word: str) -> str:
    name, mark, target = word.partition("=")
    return f"include:{target}" if mark and name.lower() == "redirect" else word
