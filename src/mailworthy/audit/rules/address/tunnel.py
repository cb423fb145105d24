"""A mail host has an IPv6 address of the abandoned tunnels 6to4 or Teredo.

## What it checks
No mail host has an AAAA record in 2002::/16 or 2001::/32.

## Why it matters
The public relays of these tunnels have been switched off, so that most senders cannot reach
such an address.
Receivers take mail from one for that of a home machine.

## How to fix
Publish an IPv6 address of your provider's, or none: IPv4 alone is enough for mail.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import AddressSet, HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.address._shared import is_tunnel, misused, with_address


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 7526 §4", "RFC 6890 §2.2.3"),
    bad=with_address("AAAA", "2002:c000:219::25"),
    good=with_address("AAAA", "2001:db8:2002::25"),
)
def check(host: HostEvidence, addresses: AddressSet, domain: str) -> Iterator[Found]:
    yield from misused(host, addresses, domain, is_tunnel, "from an abandoned tunnel")
