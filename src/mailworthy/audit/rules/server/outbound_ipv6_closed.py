"""Port 25 is closed on the way out over IPv6, and open over IPv4.

## What it checks
With `--server --connect` on the mail server itself, at least one of several large receivers answers on port 25 over
IPv6, where mail leaves over IPv6 too. It is no fault where `smtp_address_preference` is `ipv4`.

## Why it matters
Postfix tries IPv6 first for about half of the mail to receivers that have it. Each attempt waits until it times out
(30 seconds an address) before IPv4 is tried: mail is late, and the queue fills up.

## How to fix
Have Postfix try IPv4 first: `smtp_address_preference = ipv4`. Then ask the provider to open the port for IPv6 as well.
`inet_protocols = ipv4` does it too, but then no mail is received over IPv6 either: the AAAA record of the host has to go.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyoutward import reaching
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._outward import is_closed, is_open, tries
from mailworthy.audit.rules.server._shared import main, named, show
from mailworthy.audit.serverparts import Outlet
from mailworthy.servers.reading.model import Postfix

_PREFERENCE = "smtp_address_preference"
_NOTE = "then ask the provider of this machine to open TCP port 25 on the way out over IPv6"


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 5321 §5.1", "RFC 5321 §4.5.4.1"),
    bad=reaching(6),
    good=reaching(),
)
def check(postfix: Postfix, outlets: tuple[Outlet, ...]) -> Iterator[Found]:
    families = {outlet.version: outlet for outlet in outlets}
    if not all(n in families for n in (4, 6)) or postfix.value(_PREFERENCE) == "ipv4":
        return
    if is_open(families[4]) and is_closed(families[6]):
        yield Found(
            subject=named(postfix),
            message="port 25 is closed on the way out over IPv6, so that mail waits for IPv4",
            evidence=(*tries(families[6]), *show(postfix, _PREFERENCE)),
            remedy=main(postfix, (_PREFERENCE, "ipv4"), note=_NOTE),
        )
