"""A network in the SPF record is so wide that it authorises most of the internet.

## What it checks
No term has a prefix of /7 or shorter for IPv4, or of /16 or shorter for IPv6.

## Why it matters
`ip4:0.0.0.0/0` is `+all` in other words: whoever forges your domain passes SPF, and with it DMARC.
No organisation holds a network of this size.

## How to fix
Name the addresses that send.
If a single address was meant, leave the prefix length out.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.spf._networks import EVERYONE, narrowed, wide
from mailworthy.audit.rules.spf._shared import Spf, own, replaced, shown, world


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 7208 §8.3", "RFC 9989 §7.1"),
    bad=world("v=spf1 ip4:0.0.0.0/0 ip6:2001:db8::25 ~all"),
    good=world("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::25 ~all"),
)
def check(spf: Spf, sending: Sending) -> Iterator[Found]:
    read, found = own(spf), wide(spf, {4: 0, 6: 0}, EVERYONE)
    if read and found:
        yield Found(
            subject=spf.name,
            message=f"{shown(found[0].span[2])} authorises most of the internet",
            evidence=(cite(spf.answer, read.text),),
            remedy=replaced(spf, read.text, narrowed(spf, found, sending)),
        )
