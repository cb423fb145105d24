"""The SPF record has characters that are not plain ASCII.

## What it checks
Every octet of the record is a visible ASCII character or a space.

## Why it matters
Text copied from a web page or a word processor brings invisible spaces, long dashes and curly
quotes along.
They look right, and make the result a permanent error for every message.

## How to fix
Type the record anew, or paste it as plain text.
A domain in letters of another script is written as the A-label that begins with `xn--`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._faults import FOREIGN, broken
from mailworthy.audit.rules.spf._shared import BASE, Spf, world


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §3.1", "RFC 8616 §4"),
    bad=world("v=spf1 ip4:192.0.2.25 ip6:2001:db8::25\xc2\xa0~all"),
    good=world(f"v=spf1  {BASE}  ~all"),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    yield from broken(spf, sending, FOREIGN, "is not plain ASCII")
