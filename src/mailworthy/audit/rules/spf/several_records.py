"""The domain has more than one SPF record.

## What it checks
Exactly one TXT record of the domain begins with `v=spf1`.

## Why it matters
A receiver that finds two records must not choose between them: the result is a permanent error
for every message, as if nothing you published existed.
Some receivers refuse such mail outright.

## How to fix
Keep one record and move the terms of the other into it, in front of `all`.
Two services that both ask for "an SPF record" want a term each in the same record.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Remedy, Severity, Step, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._steps import edit
from mailworthy.audit.rules.spf._repair import is_one_of, merged
from mailworthy.audit.rules.spf._shared import BASE, Spf, line, shown, world


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §3.2", "RFC 7208 §4.5"),
    bad=world(
        f"v=spf1 {BASE} ~all",
        line("v=spf1 include:_spf.example.net ~all"),
        line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net"),
    ),
    good=world(
        f"v=spf1 {BASE} include:_spf.example.net ~all",
        line("another-service-verification=1234"),
        line("v=spf1 ip4:198.51.100.7 -all", "_spf.example.net"),
    ),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    texts = tuple(read.text for read in spf.found)
    if len(texts) < 2:
        return
    repair = merged(texts, sending)
    kept = is_one_of(repair, texts)
    steps: list[Step] = []
    for text in texts:
        if text != kept:
            steps.extend(edit(spf.answer, text, None))
    if kept is None:
        steps.extend(edit(spf.answer, None, repair.text))
    yield Found(
        subject=spf.name,
        message=f"{shown(spf.name)} has {len(texts)} SPF records, which counts as none at all",
        evidence=tuple(cite(spf.answer, text) for text in texts[:4]),
        remedy=Remedy(tuple(steps), blanks=repair.blanks),
    )
