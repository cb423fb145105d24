"""A selector has more than one TXT record.

## What it checks
Each selector has exactly one TXT record.

## Why it matters
With several records it is left open which one a receiver takes, and the order changes from answer to answer.
Some signatures then fail at random, which is hard to find later.

## How to fix
Keep the record whose key the server signs with, and remove the others.
A new key belongs under a new selector.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Published, SelectorEvidence
from mailworthy.audit.finding import Blank, Found, Remedy, Severity, cite
from mailworthy.audit.healthy import RSA_RECORD, healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.dkim._shared import line, missing, on_disk, shown
from mailworthy.dkim.record import DkimKey

_RECORD = Blank("record", "the one of the records whose key the server signs with")


@rule(
    over="selectors",
    severity=Severity.WARNING,
    references=("RFC 6376 §3.6.2.2", "RFC 6376 §6.1.2"),
    bad=healthy(add=(line("r202611", "v=DKIM1; p="),)),
    good=healthy(add=(line("r202612", RSA_RECORD),)),
)
def check(each: SelectorEvidence, key: Published[DkimKey]) -> Iterator[Found]:
    if len(key.texts) < 2 or missing(each, key):
        return
    keys = [r for r in key.found if r.parsed.record and not r.parsed.record.revoked]
    keep = on_disk(each) or (keys[0].text if len(keys) == 1 else "<record>")
    steps = [s for r in key.found if r.text != keep for s in edit(key.answer, r.text, None)]
    if keep not in key.texts:
        steps += edit(key.answer, None, keep)
    yield Found(
        subject=key.name,
        message=f"{shown(key.name)} has {len(key.texts)} TXT records; a selector may have one",
        evidence=(cite(key.answer),),
        remedy=Remedy(tuple(steps), blanks=(_RECORD,) if keep == "<record>" else ()),
    )
