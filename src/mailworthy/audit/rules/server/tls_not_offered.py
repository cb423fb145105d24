"""The server does not offer encryption.

## What it checks
Postfix offers STARTTLS on port 25: `smtpd_tls_security_level` is `may`.

## Why it matters
Mail comes in as clear text, MTA-STS and DANE cannot be had, and more and more senders warn or refuse.

## How to fix
Set `smtpd_tls_security_level = may`, with a certificate for the name of the host.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import RELOAD, assign, named, show
from mailworthy.servers.reading.model import Postfix


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 3207 §4", "RFC 7435 §4"),
    bad=served(
        main=("smtpd_tls_security_level = none",),
        drop=("example.com. TXT",),
        add=('example.com. TXT "v=spf1 ip4:192.0.2.25 ip6:2001:db8::25 ~all"',),
    ),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    for service in postfix.public[:1]:
        level = postfix.value("smtpd_tls_security_level", service)
        old = "yes" in (
            postfix.value("smtpd_use_tls", service),
            postfix.value("smtpd_enforce_tls", service),
        )
        if level not in ("", "none") or (level == "" and old):
            continue
        step = assign(postfix, "smtpd_tls_security_level", "may", service)
        yield Found(
            subject=named(postfix),
            message="Postfix offers no encryption on port 25 (STARTTLS)",
            evidence=show(postfix, "smtpd_tls_security_level", service=service),
            remedy=Remedy((step,), RELOAD),
        )
