"""A mail host takes only very small messages.

## What it checks
The limit that your MX hosts announce with SIZE is 5 MB or more.

## Why it matters
A message with one photograph is refused, and its sender told so by a machine.

## How to fix
Set `message_size_limit`; 50 MB is what the large providers take.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyconnect import connected, ehlo, world
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import first_fault, hello, ours, parameter, settled, shown
from mailworthy.lookup.model import Dialled

_ENOUGH = "message_size_limit = 52428800"
_LEAST = 5_000_000


@rule(
    over="hosts",
    severity=Severity.ADVICE,
    references=(
        "RFC 1870 §4",
        "RFC 5321 §4.5.3.1.7",
    ),
    bad=connected(
        dials=world(dict.fromkeys(("ehlo", "ehlo_tls"), ehlo("SIZE 102400", drop="SIZE"))),
        cures=(_ENOUGH,),
    ),
    good=connected(),
)
def check(host: HostEvidence, talks: tuple[Dialled, ...]) -> Iterator[Found]:
    found = first_fault(talks, _limit)
    if found is None or not ours(host):
        return
    yield Found(
        subject=host.name,
        message=f"{shown(host.name)} takes no message of more than {found[1]} octets",
        evidence=(hello(found[0]),),
        remedy=settled(host, _ENOUGH),
    )


def _limit(talk: Dialled) -> str:
    """The limit, if it is a small one; 0 stands for none (RFC 1870 §4)."""
    text = parameter(talk.ehlo_tls or talk.ehlo, "SIZE") or ""
    plain = text.isascii() and text.isdigit() and len(text) <= 20
    return text if plain and 0 < int(text) < _LEAST else ""
