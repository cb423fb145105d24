"""Beside the SPF record stands another that receivers do not recognise.

## What it checks
The domain has an SPF record, and a TXT record that was meant to be one but does not begin with
`v=spf1` and a space.

## Why it matters
Receivers ignore the second text, so whoever is named only there is not authorised.
As soon as somebody "corrects" it, the domain has two records, which is an error for all mail.

## How to fix
Move what is still needed from it into the SPF record, then take it away.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.spf._almost import almost
from mailworthy.audit.rules.spf._shared import BASE, Spf, line, shown, world


@rule(
    severity=Severity.ADVICE,
    references=("RFC 7208 §4.5",),
    bad=world(f"v=spf1 {BASE} ~all", line("v=spf1, include:_spf.example.net ~all")),
    good=world(f"v=spf1 {BASE} ~all", line("spf1-verification of a service")),
)
def check(spf: Spf) -> Iterator[Found]:
    for text in almost(spf) if spf.found else ():
        yield Found(
            subject=spf.name,
            message=f"{shown(spf.name)} also has {shown(text)!r}, which no receiver takes for SPF",
            evidence=(cite(spf.answer, text),),
            remedy=Remedy(edit(spf.answer, text, None)),
        )
