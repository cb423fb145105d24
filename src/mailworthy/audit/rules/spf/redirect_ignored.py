"""The SPF record has redirect= beside all, and so it is ignored.

## What it checks
A record with `redirect=` has no `all`.

## Why it matters
`redirect=` is followed only if no mechanism matches, and `all` always does.
The hosts that the other record names are not authorised.

## How to fix
Take `redirect=` away to keep things as they are.
If the other record's hosts send for you, write `include:` in its place, in front of `all`.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._shared import BASE, Spf, line, noted, said, world
from mailworthy.audit.rules.spf._text import without

_TARGET = line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net")


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §5.1", "RFC 7208 §6.1"),
    bad=world(f"v=spf1 {BASE} redirect=_spf.example.net ~all", _TARGET),
    good=world(f"v=spf1 {BASE} redirect=_spf.example.net", _TARGET),
)
def check(spf: Spf) -> Iterator[Found]:
    text, problems = noted(spf, "redirect-ignored")
    if problems:
        what = "has 'redirect=' beside 'all', so it is ignored"
        note = "If the other record's hosts send for you, put include: with its name before all."
        yield said(spf, (text, problems), what, without(text, problems), note)
