"""The domain has records of the discontinued DNS type SPF.

## What it checks
The domain has no records of type SPF (99).

## Why it matters
SPF is published as TXT; the type of its own was given up in 2014, and receivers do not ask for it.
A copy that nobody reads is a copy that nobody keeps up to date.

## How to fix
Take the records of type SPF away; the TXT record stays.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Legacy
from mailworthy.audit.finding import Found, Remedy, Severity, cite, withdraw
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._shared import BASE, shown, world

_TEXT = f"v=spf1 {BASE} ~all"


@rule(
    severity=Severity.ADVICE,
    references=("RFC 7208 §3.1",),
    bad=world(_TEXT, f'example.com. SPF "{_TEXT}"'),
    good=world(_TEXT),
)
def check(legacy: Legacy) -> Iterator[Found]:
    answer = legacy.spf_type
    # Behind an alias they are somebody else's, and nothing is lost by them.
    if answer.records and not answer.chain:
        yield Found(
            subject=answer.ask.name,
            message=f"{shown(answer.ask.name)} has a record of the discontinued type SPF",
            evidence=(cite(answer),),
            remedy=Remedy(tuple(withdraw(answer.ask.name, "SPF", text) for text in answer.records)),
        )
