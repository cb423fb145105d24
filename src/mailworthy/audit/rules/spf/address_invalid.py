"""The SPF record has an address or a prefix length that cannot be.

## What it checks
`ip4:` is followed by an IPv4 address and perhaps a prefix length up to 32, `ip6:` by an IPv6
address and perhaps one up to 128; `a` and `mx` take prefix lengths as in `a/24//64`.

## Why it matters
An address that cannot be read makes the result a permanent error for every message, not only
for mail from that address.

## How to fix
Correct the address under the caret.
One term holds one address or one network: several addresses need several terms.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._faults import ADDRESS, broken
from mailworthy.audit.rules.spf._shared import BASE, Spf, world


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §5.6", "RFC 7208 §5.3"),
    bad=world("v=spf1 ip4:192.0.2.25,192.0.2.26 ip6:2001:db8::25 ~all"),
    good=world(f"v=spf1 {BASE} ip4:192.0.2.26/32 ~all"),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    yield from broken(spf, sending, ADDRESS, "has an address that cannot be read")
