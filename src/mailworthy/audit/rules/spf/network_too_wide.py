"""A network in the SPF record is wider than nearly anybody needs.

## What it checks
No term has a prefix of /16 or shorter for IPv4, or of /31 or shorter for IPv6.
Records that yours includes are not judged: large services do hold such networks.

## Why it matters
Every host in the network may send in your name, also those of strangers and those that are broken
into.

## How to fix
Name the addresses that send, or the smallest network that holds them.
If all of the network is yours and any host in it may send, waive this finding.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._networks import EVERYONE, WIDE, narrowed, wide
from mailworthy.audit.rules.spf._shared import Spf, own, replaced, shown, world


@rule(
    severity=Severity.WARNING,
    references=("RFC 7208 §8.3", "RFC 9989 §7.1"),
    bad=world("v=spf1 ip4:192.0.0.0/16 ip6:2001:db8::25 ~all"),
    good=world("v=spf1 ip4:192.0.0.0/17 ip6:2001:db8::25 ~all"),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    read, found = own(spf), wide(spf, {k: v + 1 for k, v in EVERYONE.items()}, WIDE)
    if read and found:
        many = "65 536 addresses or more" if found[0].version == 4 else "65 536 sites or more"
        yield Found(
            subject=spf.name,
            message=f"{shown(found[0].span[2])} authorises {many}",
            evidence=(cite(spf.answer, read.text),),
            remedy=replaced(spf, read.text, narrowed(spf, found, sending)),
        )
