"""The mail server has no full name.

## What it checks
`myhostname` of Postfix is a name of at least two labels that can exist in DNS: not `localhost`, not
`mail` alone, nothing under `.local` or `.localdomain`.

## Why it matters
Postfix greets with this name, signs bounces with it and writes it into Received.
Receivers that look it up find nothing, and many refuse mail from a HELO name that cannot exist.

## How to fix
Set `myhostname` to the name that the PTR record of the server's address has.
"""

from collections.abc import Iterator

import msgspec

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import MAIL_HOST, main, named, short, show
from mailworthy.helo.form import form
from mailworthy.servers.reading.model import Postfix


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 5321 §2.3.5", "RFC 5321 §4.1.1.1"),
    bad=served(main=("myhostname = mail", "smtp_helo_name = mail.example.com")),
    good=served(),
)
def check(postfix: Postfix, confirmed_name: str) -> Iterator[Found]:
    name = postfix.value("myhostname")
    found = form(name)
    if found.name and not found.local:
        return
    right = confirmed_name or f"<{MAIL_HOST.placeholder}>"
    remedy = main(postfix, ("myhostname", right))
    yield Found(
        subject=named(postfix),
        message=f"Postfix calls itself {short(name)}, which is no name that others can look up",
        evidence=show(postfix, "myhostname"),
        remedy=remedy if confirmed_name else msgspec.structs.replace(remedy, blanks=(MAIL_HOST,)),
    )
