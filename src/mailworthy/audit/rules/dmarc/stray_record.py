"""Beside the DMARC record stands another that receivers cannot read.

## What it checks
Of the TXT records at `_dmarc.<domain>`, only one looks like a DMARC record.

## Why it matters
Careful receivers ignore what does not begin with `v=DMARC1`.
Others are less exact, count two records, and discard both.

## How to fix
Remove the one that is not valid.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import DmarcEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.dmarc._shared import candidates, line, strict, world
from mailworthy.names import printable


@rule(
    severity=Severity.ADVICE,
    references=("RFC 9989 §4.10",),
    bad=world(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com", add=(line("v=dmarc1; p=none"),)
    ),
    good=world(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com",
        add=(line("site-verification=7f3a"),),
    ),
)
def check(dmarc: DmarcEvidence) -> Iterator[Found]:
    valid, published = strict(dmarc), dmarc.published
    if len(valid) != 1:
        return
    for read in candidates(dmarc):
        if read is not valid[0]:
            yield Found(
                subject=published.name,
                message=f"{published.name} also has {printable(read.text, 120)}, which receivers ignore",
                evidence=(cite(published.answer, read.text),),
                remedy=Remedy(edit(published.answer, read.text, None)),
            )
