"""Reading mail is announced with STARTTLS only, not with TLS from the start.

## What it checks
Where `_imap._tcp` or `_pop3._tcp` names a server, `_imaps._tcp` or `_pop3s._tcp` names one
too.

## Why it matters
A connection that begins in clear text can be kept there by whoever sits in between, and then
the password is his.
TLS from the start leaves no such moment, and mail programs prefer it.

## How to fix
Offer the service on port 993 or 995, and announce that.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import ServiceEvidence
from mailworthy.audit.finding import Found, Remedy, Severity, cite
from mailworthy.audit.healthy import healthy
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._records import mend
from mailworthy.audit.rules.srv._shared import (
    PORTS,
    answer_of,
    instead,
    of,
    offered,
    pairs,
    text_of,
)
from mailworthy.names import printable
from mailworthy.rdata.srv import Srv, render


@rule(
    severity=Severity.ADVICE,
    references=("RFC 8314 §3.2", "RFC 8314 §4.5.2"),
    bad=healthy(
        drop=("_imaps._tcp.example.com.", "_imap._tcp.example.com."),
        add=("_imap._tcp.example.com. SRV 0 1 143 mail.example.com.",),
    ),
    good=instead("_imap._tcp 10 1 143 mail.example.com."),
)
def check(services: tuple[ServiceEvidence, ...], domain: str) -> Iterator[Found]:
    for secure, plain in pairs(services):
        there = offered(of(plain))
        if plain.service == "_submission._tcp" or not there or offered(of(secure)):
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
                note=f"First see that the server answers on port {PORTS[secure.service]}.",
            ),
        )
