"""A mail host does not answer at its IPv6 address.

## What it checks
Where an MX host answers on port 25 at one address, it answers at its IPv6 addresses too. An address that keeps silent
is undetermined.

## Why it matters
Most large senders try IPv6 first. Each of them waits, then falls back to IPv4; some defer the mail.

## How to fix
Let the server listen at the address (`inet_interfaces`, `inet_protocols`), and open port 25 in the firewall.
If the machine has no working IPv6, take the AAAA record away.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import connected, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import greeting, shown, told
from mailworthy.audit.rules.smtp._closed import LISTEN, NO_ANSWER, NOTHING, closed, opened
from mailworthy.lookup.model import Dialled


@rule(
    over="hosts",
    severity=Severity.WARNING,
    references=("RFC 5321 §5.1",),
    bad=connected(dials=world(second=NO_ANSWER), cures=LISTEN),
    good=connected(),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...]) -> Iterator[Found]:
    for call in closed(host, talks, six=True):
        other = talks[0].ask.ip
        yield Found(
            subject=host.name,
            message=f"{shown(host.name)} does not answer at {call.ip}, while {other} does",
            evidence=(greeting(call.reply, NOTHING), greeting(talks[0], told(talks[0].banner))),
            remedy=opened(host, call.ip),
        )
