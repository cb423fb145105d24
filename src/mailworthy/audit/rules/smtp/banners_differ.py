"""A mail host greets with another name at each of its addresses.

## What it checks
The greetings at all addresses of an MX host of yours begin with the same name.

## Why it matters
Two names mean two machines, or two configurations, and only one of them is the one that you look after.

## How to fix
Find out what answers at each address. Where both are meant, give each a name and an MX record of its own.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import connected, says, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import greeting, ours, settled, shown, told
from mailworthy.audit.rules.smtp._banner import BANNER, names_of
from mailworthy.lookup.model import Dialled


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=("RFC 5321 §4.3.1",),
    bad=connected(
        dials=world(second={"banner": says("old.example.net ESMTP", code=220)}),
        cures=("myhostname = mail.example.com",),
    ),
    good=connected(),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...]) -> Iterator[Found]:
    names = names_of(talks)
    if len(names) < 2 or not ours(host):
        return
    yield Found(
        subject=host.name,
        message=f"{shown(host.name)} greets as {' and as '.join(map(shown, names[:3]))}",
        evidence=tuple(greeting(talk, told(talk.banner)) for talk in talks[:3]),
        remedy=settled(host, f"myhostname = {shown(host.name)}", BANNER),
    )
