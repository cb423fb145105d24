"""The SPF record names the same hosts twice with the same term.

## What it checks
No mechanism stands in the record more than once.

## Why it matters
The second one never matches, since the first did already.
It takes room, and if it looks something up, it uses one of the ten look-ups for nothing.

## How to fix
Take the second one away.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._shared import BASE, Spf, noted, said, shown, world
from mailworthy.audit.rules.spf._text import without, word_at


@rule(
    severity=Severity.ADVICE,
    references=("RFC 7208 §4.6.2",),
    bad=world(f"v=spf1 {BASE} ip4:192.0.2.25 ~all"),
    good=world(f"v=spf1 {BASE} ip4:192.0.2.26 ~all"),
)
def check(spf: Spf) -> Iterator[Found]:
    text, problems = noted(spf, "duplicate-term")
    if problems:
        again = ", ".join(shown(word_at(text, p)[2]) for p in problems[:4])
        yield said(spf, (text, problems), f"repeats {again}", without(text, problems))
