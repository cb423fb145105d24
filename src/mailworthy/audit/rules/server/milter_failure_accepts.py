"""While the milter is down, all mail passes unjudged and unsigned.

## What it checks
`milter_default_action` of Postfix is not `accept`.

## Why it matters
For as long as Rspamd is down or being updated, forged mail is delivered and your own leaves without a signature.
With `tempfail` senders try again, and nothing is lost but time.

## How to fix
Set `milter_default_action = tempfail`, or keep `accept` knowing what it means.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import main, named, show
from mailworthy.servers.reading.model import Postfix


@rule(
    over="postfixes",
    severity=Severity.ADVICE,
    references=("RFC 5321 §4.5.4.1",),
    bad=served(main=("milter_default_action = accept",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    if postfix.value("milter_default_action") != "accept" or not postfix.value("smtpd_milters"):
        return
    yield Found(
        subject=named(postfix),
        message="while the milter is down, mail comes in unjudged and goes out unsigned",
        evidence=show(postfix, "milter_default_action"),
        remedy=main(postfix, ("milter_default_action", "tempfail")),
    )
