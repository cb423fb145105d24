"""Another domain sends the reports on to a third one.

## What it checks
The record by which another domain agrees to receive reports names no mailbox outside that domain.

## Why it matters
It may name another mailbox, but only at the same host.
If it names a third one, receivers send no report at all.

## How to fix
Ask whoever runs the mailbox to take `rua=` out of that record.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import Destination
from mailworthy.audit.finding import (
    AskOther,
    Found,
    Publish,
    Remedy,
    Severity,
    Withdraw,
    dig,
    publish,
    withdraw,
)
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.dmarc._shared import said, world
from mailworthy.dmarc.authorise import Authorised, Permit
from mailworthy.lookup.model import Question
from mailworthy.names import printable


@rule(
    over="destinations",
    severity=Severity.WARNING,
    references=("RFC 9990 §4",),
    bad=world(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.net",
        add=(
            "example.net. MX 10 ns1.example.net.",
            'example.com._report._dmarc.example.net. TXT "v=DMARC1; rua=mailto:dmarc@ns1.example.net"',
        ),
    ),
    good=world(
        "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.net",
        add=(
            "example.net. MX 10 ns1.example.net.",
            'example.com._report._dmarc.example.net. TXT "v=DMARC1; rua=mailto:two@example.net"',
        ),
    ),
)
def check(each: Destination, authorised: Authorised) -> Iterator[Found]:
    if each.scheme != "mailto" or authorised.permit is not Permit.MISDIRECTED:
        return
    changes: list[Publish | Withdraw] = [
        *(withdraw(authorised.name, "TXT", text) for text in authorised.texts),
        publish(authorised.name, "TXT", "v=DMARC1"),
    ]
    host = printable(each.host, 200)
    yield Found(
        subject=each.host,
        message=f"{host} agrees to receive reports about {authorised.domain}, but sends them elsewhere",
        evidence=(said(dig(Question(authorised.name, "TXT")), " | ".join(authorised.texts)),),
        remedy=Remedy(
            (
                AskOther(
                    f"whoever runs {host}",
                    f'Please publish "v=DMARC1" alone at {printable(authorised.name, 300)}: '
                    "with a mailbox elsewhere receivers send no reports",
                    tuple(changes),
                ),
            )
        ),
    )
