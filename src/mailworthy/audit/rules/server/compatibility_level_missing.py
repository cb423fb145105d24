"""Postfix runs with the defaults of twenty years ago.

## What it checks
`compatibility_level` is set in main.cf, to 2 or more.

## Why it matters
Without it Postfix keeps old defaults and logs a warning at each use of one. Among them: relaying is not
refused by `smtpd_relay_restrictions`, and a whole network counts as its own.

## How to fix
Set it to the level of your version, after reading the warnings in the log.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import main, named, number, short, show
from mailworthy.servers.reading.model import Postfix


@rule(
    over="postfixes",
    severity=Severity.ADVICE,
    references=("RFC 2505 §2.1",),
    bad=served(main=("compatibility_level = 0",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    level = postfix.value("compatibility_level")
    first = level.partition(".")[0]
    if number(first, 2) >= 2:
        return
    wanted = ".".join(postfix.version.split(".")[:2]) or "3.6"
    yield Found(
        subject=named(postfix),
        message=f"compatibility_level is {short(level, 20)}: Postfix keeps defaults of long ago",
        evidence=show(postfix, "compatibility_level", "mail_version"),
        remedy=main(postfix, ("compatibility_level", wanted)),
    )
