"""The SPF record has redirect= or exp= more than once.

## What it checks
`redirect=` and `exp=` each stand in the record at most once.

## Why it matters
A record with two of them is a permanent error for every message: receivers must not choose.

## How to fix
Keep the first `redirect=`.
If both targets name hosts that send for you, use `include:` for each of them instead.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._faults import TWICE, broken
from mailworthy.audit.rules.spf._shared import BASE, Spf, line, world

_TARGETS = (
    line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net"),
    line("v=spf1 ip4:198.51.100.8 -all", "_more.example.net"),
)


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §6",),
    bad=world(f"v=spf1 {BASE} redirect=_spf.example.net redirect=_more.example.net", *_TARGETS),
    good=world(f"v=spf1 {BASE} include:_more.example.net redirect=_spf.example.net", *_TARGETS),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    yield from broken(spf, sending, TWICE, "repeats a modifier")
