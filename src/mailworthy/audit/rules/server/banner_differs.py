"""The banner does not begin with the name of the server.

## What it checks
`smtpd_banner` of Postfix begins with `myhostname`, on every service to which strangers come.

## Why it matters
RFC 5321 wants the server's name as the first word of its greeting.
Tests of mail servers compare it with the PTR record, and MTA-STS and DANE are about this very name.

## How to fix
Begin the banner with `$myhostname`; nobody needs to read version or product.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import RELOAD, assign, named, short, show
from mailworthy.servers.reading.model import Postfix


@rule(
    over="postfixes",
    severity=Severity.ADVICE,
    references=("RFC 5321 §4.2", "RFC 5321 §4.3.1"),
    bad=served(main=("smtpd_banner = ESMTP ready",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    name = postfix.value("myhostname")
    for service in postfix.public[:1]:
        banner = postfix.value("smtpd_banner", service)
        first = (banner.split() or [""])[0]
        if first.lower() in (name.lower(), "$myhostname") or not banner:
            continue
        step = assign(postfix, "smtpd_banner", "$myhostname ESMTP", service)
        yield Found(
            subject=named(postfix),
            message=f"the banner begins with {short(first, 60)}, and the server is {short(name)}",
            evidence=show(postfix, "smtpd_banner", service=service),
            remedy=Remedy((step,), RELOAD),
        )
