"""Postfix speaks an old form of the milter protocol.

## What it checks
`milter_protocol` of Postfix is 6.

## Why it matters
Older forms do not pass all of a message on, so that DKIM signatures are made over, or judged by, something
else than what is sent.

## How to fix
Set `milter_protocol = 6`, the value that Postfix takes where nothing is said.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import main, named, number, show
from mailworthy.servers.reading.model import Postfix


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 6376 §3.7",),
    bad=served(main=("milter_protocol = 2",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    value = postfix.value("milter_protocol")
    if number(value, 6) >= 6 or not postfix.value("smtpd_milters"):
        return
    yield Found(
        subject=named(postfix),
        message=f"milter_protocol is {value}, and Rspamd and OpenDKIM need 6",
        evidence=show(postfix, "milter_protocol"),
        remedy=main(postfix, ("milter_protocol", "6")),
    )
