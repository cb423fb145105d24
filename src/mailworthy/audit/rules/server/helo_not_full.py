"""The name in HELO is no full name.

## What it checks
`smtp_helo_name` of Postfix, where it differs from `myhostname`, is a full name that can exist in DNS.

## Why it matters
`reject_invalid_helo_hostname` and `reject_non_fqdn_helo_hostname` are common: the receiver refuses
before it has seen sender or message.

## How to fix
Let Postfix greet with its own name: `smtp_helo_name = $myhostname`.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import main, named, short, show
from mailworthy.helo.form import form
from mailworthy.servers.reading.model import Postfix


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 5321 §4.1.1.1", "RFC 5321 §2.3.5"),
    bad=served(main=("smtp_helo_name = localhost",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    name, own = postfix.value("smtp_helo_name"), postfix.value("myhostname")
    found = form(name)
    if not name or name == own or found.literal or (found.name and not found.local):
        return
    yield Found(
        subject=named(postfix),
        message=f"Postfix says HELO {short(name)}, which is no name that others can look up",
        evidence=show(postfix, "smtp_helo_name"),
        remedy=main(postfix, ("smtp_helo_name", "$myhostname")),
    )
