"""Nobody can be reached on port 25 from here: no mail leaves.

## What it checks
With `--server --connect` on the mail server itself, at least one of several large receivers answers on port 25.
Where mail leaves over IPv4 and IPv6, IPv4 is what counts here: many receivers have nothing else.
The receivers are `gmail.com` and others of its size, or those of `--receivers`. Each is called, its greeting is
heard, and nothing is sent; a refusal shows that the port is open. It is not asked where mail leaves by a
`relayhost`, or over `--ssh`.

## Why it matters
Many networks, of providers above all, close port 25 on the way out against spam. All mail then waits in the queue
with `Connection timed out`, and comes back after some days.

## How to fix
See that no firewall of your own closes the port, then ask the provider to open it: many do so on request.
The way around is a relay, on port 587: `relayhost = [smtp.example.net]:587` with its login. Mail then leaves from the
addresses of the relay, so its `include:` belongs into the SPF record; DKIM stays as it is.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthyoutward import reaching
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._outward import is_closed, opened, tries
from mailworthy.audit.rules.server._shared import named
from mailworthy.audit.serverparts import Outlet
from mailworthy.servers.reading.model import Postfix

_RELAY = (
    "look at your own firewall first; the way around is relayhost = [RELAY]:587 in main.cf, with "
    "the include: of the relay in the SPF record, since mail leaves from its addresses then"
)


@rule(
    over="outlets",
    severity=Severity.BLOCKER,
    references=("RFC 5321 §4.5.4.1", "RFC 5321 §4.5.3.2"),
    bad=reaching(4, 6),
    good=reaching(),
)
def check(
    outlet: Outlet, open: bool, postfix: Postfix, outlets: tuple[Outlet, ...]
) -> Iterator[Found]:
    others = [each for each in outlets if each.version != outlet.version]
    if open or (outlet.version == 6 and others):
        return
    closed = (outlet, *filter(is_closed, others))
    only = "" if len(closed) > len(others) else ": who has no IPv6 gets no mail from here"
    kinds = " and ".join(f"IPv{each.version}" for each in closed)
    yield Found(
        subject=named(postfix),
        message=f"port 25 is closed on the way out over {kinds}{only}",
        evidence=tuple(shown for each in closed for shown in tries(each)),
        remedy=Remedy((opened(closed),), _RELAY),
    )
