"""The SPF record has a mechanism that does not exist.

## What it checks
The mechanisms are `all`, `include`, `a`, `mx`, `ip4`, `ip6`, `exists` and `ptr`.
Anything else with a colon, or without an equals sign, is unknown.

## Why it matters
An unknown mechanism makes the result a permanent error for every message, whatever else the
record says.
The usual cause is a slip such as `ipv4:` for `ip4:`.

## How to fix
Write the mechanism as the RFC names it, or take the term out.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._faults import UNKNOWN, broken
from mailworthy.audit.rules.spf._shared import Spf, world


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §4.6", "RFC 7208 §5"),
    bad=world("v=spf1 ipv4:192.0.2.25 ip6:2001:db8::25 ~all"),
    # A name=value that nobody knows is ignored.
    good=world("v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 note=new ~all"),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    yield from broken(spf, sending, UNKNOWN, "has an unknown mechanism")
