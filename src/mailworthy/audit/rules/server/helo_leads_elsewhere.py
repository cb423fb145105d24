"""The name in HELO leads to another machine.

## What it checks
The addresses of the HELO name hold the address that mail leaves from, in each family in which the
name has any.

## Why it matters
A receiver that looks up the name finds somebody else, as with a forged HELO.
SPF for the HELO identity fails too.

## How to fix
Greet with the name that the PTR record of the address has, or add the address to the name.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import main, short, show
from mailworthy.audit.serverparts import Departure, Greeting
from mailworthy.servers.reading.model import Postfix


@rule(
    over="departures",
    severity=Severity.WARNING,
    references=("RFC 5321 §4.1.4", "RFC 7208 §2.3"),
    bad=served(
        main=(
            "smtp_helo_name = www.example.com",
            "inet_protocols = ipv4",
        ),
        drop=("mail.example.com. AAAA", "mail.example.com. TXT"),
        add=('mail.example.com. TXT "v=spf1 a -all"',),
    ),
    good=served(),
)
def check(
    departure: Departure, postfix: Postfix, greeting: Greeting, confirmed: tuple[str, ...]
) -> Iterator[Found]:
    same = [ip for ip in greeting.ips if (":" in ip) == (":" in departure.ip)]
    if not departure.outside or not departure.here or not same or departure.ip in same:
        return
    answer = greeting.aaaa if departure.version == 6 else greeting.a
    name = short(greeting.name)
    right = confirmed[0] if confirmed and confirmed[0] != greeting.name else "$myhostname"
    yield Found(
        subject=departure.ip,
        message=f"Postfix says HELO {name} from {departure.ip}, and {name} is {', '.join(same[:3])}",
        evidence=(*show(postfix, "smtp_helo_name"), cite(answer)),
        remedy=main(postfix, ("smtp_helo_name", right)),
    )
