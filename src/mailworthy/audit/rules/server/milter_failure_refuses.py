"""While the milter is down, mail is refused for good.

## What it checks
`milter_default_action` of Postfix is not `reject`.

## Why it matters
Every restart of Rspamd costs the mail that comes in the meantime: senders are told that it will never be
taken, and do not try again.

## How to fix
Set `milter_default_action = tempfail`.
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
    references=("RFC 5321 §4.2.1", "RFC 5321 §4.5.4.1"),
    bad=served(main=("milter_default_action = reject",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    if postfix.value("milter_default_action") != "reject" or not postfix.value("smtpd_milters"):
        return
    yield Found(
        subject=named(postfix),
        message="while the milter is down, mail is refused for good instead of for now",
        evidence=show(postfix, "milter_default_action"),
        remedy=main(postfix, ("milter_default_action", "tempfail")),
    )
