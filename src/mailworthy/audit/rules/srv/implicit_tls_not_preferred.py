"""Mail programs are told to prefer STARTTLS to TLS from the start.

## What it checks
Where a service is offered both ways, the one with TLS from the start has no higher priority
number: `_submissions` against `_submission`, `_imaps` against `_imap`, `_pop3s` against
`_pop3`.

## Why it matters
The lower number is preferred.
TLS from the start is the safer way, and the standard asks servers to prefer it.

## How to fix
Lower the number of the one, or raise that of the other.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from mailworthy.audit.evidence import ServiceEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.srv._shared import (
    answer_of,
    changed,
    instead,
    of,
    offered,
    pairs,
)
from mailworthy.names import printable


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8314 §4.5.2", "RFC 6186 §3.4"),
    bad=instead(
        "_submissions._tcp 20 1 465 mail.example.com.",
        "_submission._tcp 10 1 587 mail.example.com.",
    ),
    good=instead(
        "_submissions._tcp 10 1 465 mail.example.com.",
        "_submission._tcp 10 1 587 mail.example.com.",
    ),
)
def check(services: tuple[ServiceEvidence, ...], domain: str) -> Iterator[Found]:
    for secure, plain in pairs(services):
        first, other = offered(of(secure)), offered(of(plain))
        if not first or not other or first[0].priority <= other[0].priority:
            continue
        better = replace(first[0], priority=other[0].priority)
        yield Found(
            subject=secure.name,
            message=(
                f"{printable(secure.name)} has priority {first[0].priority}, after "
                f"{printable(plain.name)} with {other[0].priority}"
            ),
            evidence=tuple(cite(a) for s in (secure, plain) for a in answer_of(s)),
            remedy=Remedy(
                tuple(
                    step for a in answer_of(secure) for step in changed(a, domain, first[0], better)
                )
            ),
        )
