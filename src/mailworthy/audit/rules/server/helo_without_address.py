"""The name in HELO has no address.

## What it checks
The name that Postfix says in HELO has an A or AAAA record.

## Why it matters
`reject_unknown_helo_hostname` refuses such mail, and spam filters count it heavily: an invented name
is what infected machines use.

## How to fix
Greet with the name that the PTR record has, or publish an address for the name.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity, cite
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import main, named, short, show
from mailworthy.audit.serverparts import Greeting
from mailworthy.helo.form import form
from mailworthy.servers.reading.model import Postfix


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 5321 §4.1.4", "RFC 5321 §2.3.5"),
    bad=served(main=("smtp_helo_name = nowhere.example.com",)),
    good=served(),
)
def check(postfix: Postfix, greeting: Greeting, confirmed_name: str) -> Iterator[Found]:
    found = form(greeting.name)
    if not found.name or found.local or greeting.ips:
        return
    name = short(greeting.name)
    right = confirmed_name if confirmed_name != greeting.name else "$myhostname"
    yield Found(
        subject=named(postfix),
        message=f"Postfix says HELO {name}, and {name} has no address",
        evidence=(*show(postfix, "smtp_helo_name"), cite(greeting.a), cite(greeting.aaaa)),
        remedy=main(postfix, ("smtp_helo_name", right or "$myhostname")),
    )
