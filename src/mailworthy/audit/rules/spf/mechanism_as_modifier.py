"""A mechanism of the SPF record is written with an equals sign, and so it is ignored.

## What it checks
No term has the name of a mechanism and an equals sign behind it, such as `ip4=192.0.2.25`.

## Why it matters
`name=value` is a modifier, and receivers must ignore modifiers that they do not know.
The record is legal, but the hosts that the term was meant to name are not authorised.

## How to fix
Write a colon: `ip4:192.0.2.25`.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._repair import meant
from mailworthy.audit.rules.spf._shared import BASE, Spf, noted, said, shown, world
from mailworthy.audit.rules.spf._text import swapped, word_at


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §4.6.1", "RFC 7208 §6"),
    bad=world(f"v=spf1 {BASE} ip4=198.51.100.7 ~all"),
    good=world(f"v=spf1 {BASE} ip4:198.51.100.7 ~all"),
)
def check(spf: Spf) -> Iterator[Found]:
    text, problems = noted(spf, "modifier-looks-like-mechanism")
    if problems:
        found = [word_at(text, p) for p in problems]
        new = swapped(text, {start: meant(word) for start, _, word in found})
        what = f"has {shown(found[0][2])}, which receivers ignore: a mechanism takes a colon"
        yield said(spf, (text, problems), what, new)
