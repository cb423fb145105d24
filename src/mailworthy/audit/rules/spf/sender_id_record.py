"""A Sender ID record is left over.

## What it checks
No TXT record of the domain begins with `spf2.0/`.

## Why it matters
Sender ID was an experiment that ended without users; no receiver reads these records today.
They take room in the answer that holds the SPF record, and confuse whoever reads the zone.

## How to fix
Take the record away.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.spf._shared import Spf, line, shown, world


@rule(
    severity=Severity.ADVICE,
    references=("RFC 6686 §6",),
    bad=world("v=spf1 mx ~all", line("spf2.0/pra mx ~all")),
    good=world("v=spf1 mx ~all"),
)
def check(spf: Spf) -> Iterator[Found]:
    for text in spf.texts:
        if text.lower().startswith(("spf2.0/", "spf2.0 ")):
            yield Found(
                subject=spf.name,
                message=f"{shown(spf.name)} has a Sender ID record, {shown(text)!r}",
                evidence=(cite(spf.answer, text),),
                remedy=Remedy(edit(spf.answer, text, None)),
            )
