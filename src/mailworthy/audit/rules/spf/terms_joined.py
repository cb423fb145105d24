"""A space is missing between two terms of the SPF record.

## What it checks
No term holds what looks like the beginning of another, such as `a:mail.example.commx:example.net`.
Where the strings of a TXT record are joined, a rule of its own looks.

## Why it matters
Two terms without a space between them are one, and it means something else: a permanent error for
every message, or a name that does not exist.
The hosts that the two should have named are not authorised.

## How to fix
Put a space between the terms.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._faults import joints, splits
from mailworthy.audit.rules.spf._repair import repaired
from mailworthy.audit.rules.spf._shared import Spf, said, world


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §4.6.1", "RFC 7208 §12"),
    bad=world("v=spf1 ip4:192.0.2.25ip6:2001:db8::25 ~all"),
    good=world("v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all"),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    text, problems = joints(spf)
    at = set(splits(spf, text))
    problems = [p for p in problems if p.start not in at]
    if problems:
        parted = text
        for place in sorted((p.start for p in problems), reverse=True):
            parted = f"{parted[:place].rstrip(',;')} {parted[place:]}"
        what = f"has two terms without a space between them: {problems[0].message}"
        yield said(spf, (text, problems), what, repaired(parted, sending))
