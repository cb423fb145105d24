"""The SPF record authorises every host in the world.

## What it checks
The record does not end in `+all`, or in `all` without a sign, which means the same.

## Why it matters
Whoever forges your domain passes SPF, and with it DMARC: the record vouches for the forger.
Receivers know this and trust such domains less than those without any record.

## How to fix
End the record in `~all`, and in `-all` once you know that all of your hosts are named.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._repair import closed
from mailworthy.audit.rules.spf._shared import BASE, Spf, noted, said, world


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §5.1", "RFC 7208 §8.3"),
    bad=world(f"v=spf1 {BASE} +all"),
    good=world(f"v=spf1 {BASE} -all"),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    text, problems = noted(spf, "plus-all")
    if problems:
        what = "authorises every host in the world"
        yield said(spf, (text, problems), what, closed(text, sending))
