"""A domain has more than one BIMI record.

## What it checks
Exactly one TXT record at `default._bimi` begins with `v=BIMI1`.

## Why it matters
With several, receivers show no logo at all.

## How to fix
Keep the record that you mean, and remove the others.
A second logo belongs under a selector of its own.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.bimi._shared import DRAFT, counted, line
from mailworthy.bimi.record import Bimi
from mailworthy.names import printable


@rule(
    severity=Severity.ADVICE,
    references=(f"{DRAFT} (Assertion Record Discovery)",),
    bad=healthy(add=(line("v=BIMI1; l=;"),)),
    good=healthy(add=('brand._bimi.example.com. TXT "v=BIMI1; l=; a=;"',)),
)
def check(bimi: Published[Bimi]) -> Iterator[Found]:
    records = counted(bimi)
    if len(records) < 2:
        return
    keep = next((r for r in records if r.parsed.record and r.parsed.record.location), None)
    keep = keep or next((r for r in records if r.parsed.record), records[0])
    steps = [s for r in records if r is not keep for s in edit(bimi.answer, r.text, None)]
    yield Found(
        subject=bimi.name,
        message=f"{printable(bimi.name, 200)} has {len(records)} BIMI records, so none counts",
        evidence=(cite(bimi.answer),),
        remedy=Remedy(tuple(steps)),
    )
