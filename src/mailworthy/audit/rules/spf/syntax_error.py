"""The SPF record breaks the grammar.

## What it checks
Every term of the record is read as receivers read it: a mechanism with its argument, or a
`name=value`.

## Why it matters
Receivers read the whole record before they use any of it.
One term that they cannot read makes the result a permanent error for every message.

## How to fix
Correct the term under the caret.
If you do not know what it was for, take it out.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._faults import SYNTAX, broken
from mailworthy.audit.rules.spf._shared import BASE, Spf, line, world


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §4.6", "RFC 7208 §12"),
    bad=world(
        f"v=spf1 {BASE} include:_spf ~all",
        line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net"),
        blanks={"term": "include:_spf.example.net"},
    ),
    good=world(
        f"v=spf1 {BASE} include:_spf.example.net ~all",
        line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net"),
    ),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    yield from broken(spf, sending, SYNTAX, "breaks the grammar")
