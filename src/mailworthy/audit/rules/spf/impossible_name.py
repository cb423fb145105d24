"""A name in the SPF record cannot exist in DNS.

## What it checks
The names behind `include:`, `a:`, `mx:`, `exists:` and `redirect=` have no empty label, as between
two dots, no label of more than 63 characters, and are no longer than DNS allows.

## Why it matters
Receivers cannot look such a name up.
In `include:` and `redirect=` that is a permanent error for every message; elsewhere some take it
for one, others pass the term over.

## How to fix
Correct the name, or take the term away: it never authorised anybody.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._repair import ended, readable
from mailworthy.audit.rules.spf._shared import BASE, Spf, line, noted, said, shown, world
from mailworthy.audit.rules.spf._text import swapped, word_at
from mailworthy.spf.terms import read_term


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §4.3", "RFC 7208 §4.8"),
    bad=world(
        f"v=spf1 {BASE} include:_spf..example.net ~all",
        line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net"),
    ),
    good=world(
        f"v=spf1 {BASE} include:_spf.example.net. ~all",
        line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net"),
    ),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    text, problems = noted(spf, "impossible-name")
    if problems:
        found = [word_at(text, p) for p in problems]
        new = swapped(text, {start: _corrected(word) for start, _, word in found})
        what = f"has {shown(found[0][2])}: {problems[0].message}"
        yield said(spf, (text, problems), what, ended(new, sending))


def _corrected(word: str) -> str:
    """The term with one dot where several were; nothing if the name stays impossible."""
    while ".." in word:
        word = word.replace("..", ".")
    word = word.replace(":.", ":").replace("=.", "=")
    return word if readable(word) and not read_term(word).problems else ""
