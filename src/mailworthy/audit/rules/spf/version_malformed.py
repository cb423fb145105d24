"""The SPF record does not begin with v=spf1 and a space.

## What it checks
A TXT record of the domain was meant to be an SPF record, but its first word is not exactly
`v=spf1`, followed by a space or by nothing.

## Why it matters
Receivers find SPF records by their first word.
`v=spf1;`, `v=spf10` and `spf1` are other texts to them, and the domain has no SPF record at all.

## How to fix
Begin with `v=spf1`, then a space, then the terms with spaces between them.
Semicolons belong to DKIM and DMARC records.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._almost import almost, quoted
from mailworthy.audit.rules.spf._repair import reversioned
from mailworthy.audit.rules.spf._shared import Spf, pointed, replaced, shown, world
from mailworthy.spf.record import parse


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §4.5",),
    bad=world("v=spf1; ip4:192.0.2.25; ip6:2001:db8::25; ~all"),
    good=world("V=SPF1 ip4:192.0.2.25 ip6:2001:db8::25 ~all"),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    texts = [] if spf.found else almost(spf)
    if not texts or quoted(texts[0]):
        return
    text = texts[0]
    yield Found(
        subject=spf.name,
        message=(
            f"{shown(spf.name)} has no SPF record, for {shown(text[:20])!r} is not how one begins"
        ),
        evidence=pointed(spf.answer, text, parse(text).problems),
        remedy=replaced(spf, text, reversioned(text, sending)),
    )
