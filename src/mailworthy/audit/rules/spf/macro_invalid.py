"""The SPF record has a macro that cannot be expanded.

## What it checks
A percent sign in the record begins a macro such as `%{i}`, or is one of `%%`, `%_` and `%-`.
The letters c, r and t are for explanation texts only.

## Why it matters
A macro that cannot be read makes the result a permanent error for every message.

## How to fix
Correct the macro under the caret, or take its term out.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._faults import MACRO, broken
from mailworthy.audit.rules.spf._shared import BASE, Spf, world


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §7.1", "RFC 7208 §7.2"),
    bad=world(
        f"v=spf1 {BASE} exists:%{{ip}}._spf.example.net ~all",
        blanks={"term": "exists:%{i}._spf.example.net"},
    ),
    good=world(f"v=spf1 {BASE} exists:%{{i}}._spf.example.net ~all"),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    yield from broken(spf, sending, MACRO, "has a macro that cannot be expanded")
