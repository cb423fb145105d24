"""Strangers may ask a mail host which addresses exist.

## What it checks
VRFY does not tell a mailbox that exists from one that does not. This is tried on the hosts of
`mailworthy.toml` only, and only on request (`--trial`).

## Why it matters
Lists of addresses for spam are made so, without sending a message.

## How to fix
Set `disable_vrfy_command = yes`.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import INTENT, connected, says, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import greeting, settled, shown, told
from mailworthy.lookup.model import Dialled, Trial

_TRIALS = (Trial.VRFY,)
_TELLS = {
    "tried": (
        (Trial.VRFY, says("2.0.0 postmaster", code=252)),
        (Trial.VRFY, says("5.1.1 User unknown", code=550)),
    )
}
_OFF = "disable_vrfy_command = yes"
_THERE, _NOT_THERE = (250, 251, 252), (550, 551, 553)


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=(
        "RFC 5321 §7.3",
        "RFC 5321 §3.5.3",
    ),
    bad=connected(
        dials=world(first=_TELLS, trials=_TRIALS), trials=_TRIALS, intent=INTENT, cures=(_OFF,)
    ),
    good=connected(trials=_TRIALS, intent=INTENT),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...]) -> Iterator[Found]:
    for talk in talks:
        replies = [said for trial, said in talk.tried if trial is Trial.VRFY]
        if len(replies) < 2 or replies[0].code not in _THERE or replies[1].code not in _NOT_THERE:
            continue
        yield Found(
            subject=host.name,
            message=f"{shown(host.name)} tells by VRFY which mailboxes it has",
            evidence=(
                greeting(talk, told(replies[0]), "EHLO localhost", "VRFY postmaster"),
                greeting(talk, told(replies[1]), "EHLO localhost", "VRFY nobody-of-that-name"),
            ),
            remedy=settled(host, _OFF),
        )
        return
