"""The server refuses mail that is not encrypted.

## What it checks
`smtpd_tls_security_level` on port 25 is not `encrypt`.

## Why it matters
A server that receives mail from the internet must not demand TLS: senders that cannot speak it lose
their mail, and nobody tells you.

## How to fix
Set `smtpd_tls_security_level = may`, and publish MTA-STS or TLSA for senders that can do better.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import RELOAD, assign, named, show
from mailworthy.servers.reading.model import Postfix


@rule(
    over="postfixes",
    severity=Severity.BLOCKER,
    references=("RFC 3207 §4",),
    bad=served(main=("smtpd_tls_security_level = encrypt",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    for service in postfix.public[:1]:
        level = postfix.value("smtpd_tls_security_level", service)
        forced = level == "" and postfix.value("smtpd_enforce_tls", service) == "yes"
        if level != "encrypt" and not forced:
            continue
        step = assign(postfix, "smtpd_tls_security_level", "may", service)
        yield Found(
            subject=named(postfix),
            message="Postfix refuses mail on port 25 that comes without encryption",
            evidence=show(postfix, "smtpd_tls_security_level", service=service),
            remedy=Remedy((step,), RELOAD),
        )
