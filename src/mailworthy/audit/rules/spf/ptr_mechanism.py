"""The SPF record uses the mechanism ptr.

## What it checks
The record has no `ptr`.

## Why it matters
`ptr` asks for the reverse DNS of every client, which is slow, depends on other people's name
servers, and may go wrong for your own mail.
The RFC says that it should not be published, and large receivers skip it.

## How to fix
Name the addresses that send with `ip4:` and `ip6:`, or the hosts with `a:`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._repair import listed
from mailworthy.audit.rules.spf._shared import BASE, Spf, noted, said, world
from mailworthy.audit.rules.spf._text import without


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §5.5",),
    bad=world(f"v=spf1 {BASE} ptr:example.com ~all"),
    good=world(f"v=spf1 {BASE} a:mail.example.com ~all"),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    text, problems = noted(spf, "ptr-mechanism")
    if problems:
        new = listed(without(text, problems), sending)
        yield said(spf, (text, problems), "uses 'ptr', which should not be published", new)
