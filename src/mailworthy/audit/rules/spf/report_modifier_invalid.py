"""A modifier of the SPF record that asks for reports cannot be understood.

## What it checks
`ra=` holds the local part of an address, `rp=` a percentage, and `rr=` is made of the words all,
e, f, s and n with colons between them.

## Why it matters
Receivers ignore what they cannot understand: the reports do not come, or come otherwise than you
asked.

## How to fix
Take the modifier away: DMARC's `rua=` brings reports about SPF from every large receiver.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._shared import BASE, Spf, noted, said, world
from mailworthy.audit.rules.spf._text import spans, swapped

_NAMES = ("ra=", "rp=", "rr=")


@rule(
    severity=Severity.ADVICE,
    references=("RFC 6652 §3",),
    bad=world(f"v=spf1 {BASE} ~all ra=postmaster@example.com"),
    good=world(f"v=spf1 {BASE} ~all ra=postmaster rp=10 rr=e:f"),
)
def check(spf: Spf) -> Iterator[Found]:
    text, problems = noted(spf, "bad-ra", "bad-rp", "bad-rr")
    if problems:
        # Without ra= the others are idle, so that all of them go if it does.
        all_go = any(p.code == "bad-ra" for p in problems)
        starts = {p.start for p in problems}
        gone = {
            start: ""
            for start, end, word in spans(text)
            if (all_go and word[:3].lower() in _NAMES) or any(start <= s < end for s in starts)
        }
        what = f"asks for reports in a way that nobody understands: {problems[0].message}"
        yield said(spf, (text, problems), what, swapped(text, gone))
