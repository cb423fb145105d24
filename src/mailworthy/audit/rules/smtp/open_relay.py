"""A mail host sends mail for anybody.

## What it checks
The host refuses a recipient of somebody else's domain from a stranger. This is tried on the hosts of
`mailworthy.toml` only, and only on request (`--trial`); no message is sent.

## Why it matters
Spammers find such a server within hours. Its address is then on every blocklist, and your own mail is
refused everywhere for weeks.

## How to fix
Let your networks and people who log in pass, and refuse all other relaying.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import INTENT, connected, says, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import greeting, settled, shown, told
from mailworthy.lookup.model import Dialled, Trial

_TRIALS = (Trial.RELAY,)
_TAKES = {"tried": ((Trial.RELAY, says("2.1.5 Ok")),)}
_LOCAL = "mynetworks = 127.0.0.0/8 [::1]/128"
_NOTE = "add networks of your own to mynetworks, if you have some, and nobody else's"
_RIGHT = (
    "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, "
    "reject_unauth_destination"
)


@rule(
    over="hosts",
    severity=Severity.BLOCKER,
    references=(
        "RFC 5321 §7.9",
        "RFC 2505 §2.1",
    ),
    bad=connected(
        dials=world(first=_TAKES, trials=_TRIALS), trials=_TRIALS, intent=INTENT, cures=(_RIGHT,)
    ),
    good=connected(trials=_TRIALS, intent=INTENT),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...]) -> Iterator[Found]:
    for talk in talks:
        taken = [s for trial, s in talk.tried if trial is Trial.RELAY and s.code in (250, 251)]
        if not taken:
            continue
        lines = ("EHLO localhost", "MAIL FROM:<>", "RCPT TO:<nobody@example.org>")
        yield Found(
            subject=host.name,
            message=f"{shown(host.name)} takes mail from strangers for strangers",
            evidence=(greeting(talk, f"after RCPT: {told(taken[0])}", *lines),),
            remedy=settled(host, _RIGHT, _LOCAL, note=_NOTE),
        )
        return
