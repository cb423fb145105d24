"""Mail leaves the server as clear text.

## What it checks
`smtp_tls_security_level` of Postfix is set, so that it uses STARTTLS where the receiver offers it.

## Why it matters
Everybody on the way can read the mail. Gmail shows an open padlock for it, and receivers that demand
TLS refuse it.

## How to fix
Set `smtp_tls_security_level = may`; with a validating resolver on the machine, `dane`.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import main, named, show
from mailworthy.servers.reading.model import Postfix


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 7435 §4", "RFC 3207 §4"),
    bad=served(main=("smtp_tls_security_level = none",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    level = postfix.value("smtp_tls_security_level")
    if level not in ("", "none") or (level == "" and postfix.value("smtp_use_tls") == "yes"):
        return
    yield Found(
        subject=named(postfix),
        message="Postfix does not encrypt what it sends, though the receiver could",
        evidence=show(postfix, "smtp_tls_security_level"),
        remedy=main(postfix, ("smtp_tls_security_level", "may")),
    )
