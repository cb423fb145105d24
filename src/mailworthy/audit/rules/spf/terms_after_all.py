"""Terms stand behind all in the SPF record, where nobody reads them.

## What it checks
`all` is the last mechanism of the record.

## Why it matters
`all` matches every host, so evaluation ends there.
Hosts that are named behind it are not authorised, although the record seems to name them.

## How to fix
Move `all` to the end.
Of several `all` only the first counts.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._shared import BASE, Spf, noted, said, world
from mailworthy.audit.rules.spf._text import is_all, record, words


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §5.1",),
    bad=world(f"v=spf1 {BASE} ~all ip4:198.51.100.7"),
    # Modifiers may stand anywhere.
    good=world(f"v=spf1 {BASE} ip4:198.51.100.7 ~all exp=why.example.net"),
)
def check(spf: Spf) -> Iterator[Found]:
    text, problems = noted(spf, "terms-after-all")
    if problems:
        terms = words(text)
        end = next(word for word in terms if is_all(word))
        others = dict.fromkeys(word for word in terms if not is_all(word))
        what = "has mechanisms behind 'all' that are never evaluated"
        yield said(spf, (text, problems), what, record([*others, end]))
