"""A space is missing where two strings of the SPF record are joined.

## What it checks
A TXT record may be made of several quoted strings.
Receivers join them without anything in between, and two terms of this record grow together there.

## Why it matters
`"… ip4:192.0.2.25" "include:…"` becomes `ip4:192.0.2.25include:…`, which is a permanent error for
every message, or a name that does not exist.

## How to fix
Put a space at the end of each string but the last, or in front of each but the first.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._faults import joints, splits
from mailworthy.audit.rules.spf._repair import repaired
from mailworthy.audit.rules.spf._shared import Spf, said, world

_START = 'example.com. TXT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25'


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §3.3",),
    bad=world(None, f'{_START}" "ip4:192.0.2.26 ~all"'),
    good=world(None, f'{_START} " "ip4:192.0.2.26 ~all"'),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    text, problems = joints(spf)
    at = set(splits(spf, text))
    problems = [p for p in problems if p.start in at]
    if problems:
        parted = text
        for place in sorted((p.start for p in problems), reverse=True):
            parted = f"{parted[:place]} {parted[place:]}"
        what = "has two strings that grow together where they are joined"
        yield said(spf, (text, problems), what, repaired(parted, sending))
