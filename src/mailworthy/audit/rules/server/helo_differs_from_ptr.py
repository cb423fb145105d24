"""The server greets with another name than its address has.

## What it checks
The name that Postfix says in HELO is one of the confirmed PTR names of the address mail leaves from.

## Why it matters
One name for HELO, PTR record and certificate looks like a mail server; each that differs costs a little
trust with filters.

## How to fix
Set `smtp_helo_name` to the PTR name, or have the PTR record changed.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import main, short, show
from mailworthy.audit.serverparts import Departure, Greeting
from mailworthy.lookup.model import Answer
from mailworthy.servers.reading.model import Postfix


@rule(
    over="departures",
    severity=Severity.ADVICE,
    references=("RFC 1912 §2.1", "RFC 5321 §4.1.4"),
    bad=served(
        main=("smtp_helo_name = out.example.com",),
        add=(
            "out.example.com. A 192.0.2.25",
            "out.example.com. AAAA 2001:db8::25",
            'out.example.com. TXT "v=spf1 a -all"',
        ),
    ),
    good=served(),
)
def check(
    departure: Departure,
    postfix: Postfix,
    greeting: Greeting,
    ptr: Answer,
    confirmed: tuple[str, ...],
) -> Iterator[Found]:
    leads_here = departure.here and departure.ip in greeting.ips
    if not departure.outside or not confirmed or not leads_here:
        return
    if greeting.name in confirmed:
        return
    yield Found(
        subject=departure.ip,
        message=f"Postfix says HELO {short(greeting.name)}, and the PTR of {departure.ip} is {short(confirmed[0])}",
        evidence=(*show(postfix, "smtp_helo_name"), cite(ptr)),
        remedy=main(postfix, ("smtp_helo_name", confirmed[0])),
    )
