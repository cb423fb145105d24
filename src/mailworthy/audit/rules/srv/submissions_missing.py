"""Sending mail is announced with STARTTLS only, not with TLS from the start.

## What it checks
Where `_submission._tcp` names a server, `_submissions._tcp` names one too.

## Why it matters
Port 465 with TLS from the start is what mail programs should use today.
A connection on port 587 begins in clear text, and can be kept there by whoever sits in
between.

## How to fix
Offer submission on port 465, and announce that.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import ServiceEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.srv._shared import PORTS, answer_of, of, offered, pairs, text_of
from mailworthy.names import printable
from mailworthy.rdata.srv import Srv, render


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8314 §3.3", "RFC 8314 §5.1"),
    bad=healthy(drop=("_submissions._tcp.example.com.",)),
    good=healthy(drop=("_submission._tcp.example.com.",)),
)
def check(services: tuple[ServiceEvidence, ...], domain: str) -> Iterator[Found]:
    for secure, plain in pairs(services):
        there = offered(of(plain))
        if plain.service != "_submission._tcp" or not there or offered(of(secure)):
            continue
        nulls = tuple(text_of(a, r) for a in answer_of(secure) for r in of(secure))
        twin = render(Srv(0, 1, PORTS[secure.service], there[0].target))
        yield Found(
            subject=plain.name,
            message=f"{printable(plain.name)} is offered, {printable(secure.name)} is not",
            evidence=tuple(cite(a) for s in (plain, secure) for a in answer_of(s)),
            remedy=Remedy(
                tuple(
                    step
                    for a in answer_of(secure)
                    for step in mend(a, domain, remove=nulls, add=(twin,))
                ),
                note="First see that the server answers on port 465.",
            ),
        )
