"""The SPF record has no end: neither all nor redirect=.

## What it checks
The record ends in `all`, or hands over to another with `redirect=`.

## Why it matters
Without an end the result for all other hosts is neutral: mail from a forger is treated as if you
had published no record.

## How to fix
End the record in `~all`, and in `-all` once you know that all of your hosts are named.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._repair import closed
from mailworthy.audit.rules.spf._shared import BASE, Spf, line, noted, said, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §4.7",),
    bad=world(f"v=spf1 {BASE}"),
    good=world(
        f"v=spf1 {BASE} redirect=_spf.example.net",
        line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net"),
    ),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    text, problems = noted(spf, "no-terminator")
    if problems:
        what = "has no end, so it says nothing about the hosts that it does not name"
        yield said(spf, (text, problems), what, closed(text, sending))
