"""The SPF record turns the hosts of an included record away.

## What it checks
No `include:` has the sign `-` or `~`.

## Why it matters
`include:` matches the hosts that pass under the other record, so `-include:` makes exactly those
fail that the service sends from.
It was meant, most likely, that others shall fail; that is what `all` is for.

## How to fix
Take the sign away from `include:`.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._shared import BASE, Spf, line, own, placed, replaced, shown, world
from mailworthy.audit.rules.spf._text import swapped
from mailworthy.spf.model import Kind, Mechanism, Qualifier, Term

_TARGET = line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net")


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §5.2",),
    bad=world(f"v=spf1 {BASE} ~include:_spf.example.net ~all", _TARGET),
    # Neutral is how hosts that are shared with strangers may be included.
    good=world(f"v=spf1 {BASE} ?include:_spf.example.net ~all", _TARGET),
)
def check(spf: Spf) -> Iterator[Found]:
    read = own(spf)
    found = [span for span, term in placed(spf) if _denies(term)]
    if read and found:
        yield Found(
            subject=spf.name,
            message=f"{shown(found[0][2])} makes the hosts of that service fail",
            evidence=(cite(spf.answer, read.text),),
            remedy=replaced(
                spf, read.text, swapped(read.text, {start: word[1:] for start, _, word in found})
            ),
        )


def _denies(term: Term) -> bool:
    return (
        isinstance(term, Mechanism)
        and term.kind is Kind.INCLUDE
        and term.qualifier in (Qualifier.FAIL, Qualifier.SOFTFAIL)
    )
