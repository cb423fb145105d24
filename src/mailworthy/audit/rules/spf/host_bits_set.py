"""A network of the SPF record is written with the address of a host.

## What it checks
In `ip4:` and `ip6:` with a prefix length, the bits behind the prefix are zero.

## Why it matters
`ip4:192.0.2.25/24` authorises all 256 addresses of `192.0.2.0/24`, not one.
Whoever wrote it probably wanted one of the two, and a reader cannot tell which.

## How to fix
For the whole network, write its first address; for the one host, leave the prefix length out.
"""

from collections.abc import Iterator
from ipaddress import ip_network

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._shared import Spf, noted, said, shown, world
from mailworthy.audit.rules.spf._text import Span, swapped, word_at


@rule(
    severity=Severity.ADVICE,
    references=("RFC 7208 §5.6",),
    bad=world("v=spf1 ip4:192.0.2.25/28 ip6:2001:db8::25 ~all"),
    good=world("v=spf1 ip4:192.0.2.16/28 ip6:2001:db8::25 ~all"),
)
def check(spf: Spf) -> Iterator[Found]:
    text, problems = noted(spf, "host-bits-set")
    if problems:
        found = [word_at(text, p) for p in problems]
        what = f"has {shown(found[0][2])}, a network with the address of a host"
        note = "This keeps the meaning; if only the one host sends, leave the prefix length out."
        new = swapped(text, {span[0]: _network(span) for span in found})
        yield said(spf, (text, problems), what, new, note)


def _network(span: Span) -> str:
    name, _, value = span[2].partition(":")
    return f"{name}:{ip_network(value, strict=False)}"
