"""Mail of programs on the server is not signed.

## What it checks
`non_smtpd_milters` of Postfix is set where `smtpd_milters` is.

## Why it matters
Mail that is handed in by `sendmail` (cron, web applications, bounces of mailing lists) goes by no milter: it
leaves without a DKIM signature.

## How to fix
Set `non_smtpd_milters = $smtpd_milters`.
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
    references=("RFC 6376 §5.1",),
    bad=served(main=("non_smtpd_milters =",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    if postfix.value("non_smtpd_milters") or not postfix.value("smtpd_milters"):
        return
    yield Found(
        subject=named(postfix),
        message="mail that programs on this machine hand in goes by no milter, so it is not signed",
        evidence=show(postfix, "smtpd_milters", "non_smtpd_milters"),
        remedy=main(postfix, ("non_smtpd_milters", "$smtpd_milters")),
    )
