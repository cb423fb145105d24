"""Nothing judges the mail that comes in.

## What it checks
`smtpd_milters` of Postfix names a milter such as Rspamd, on every service to which strangers come.

## Why it matters
SPF, DKIM and DMARC of incoming mail are not looked at: forged mail, of your own domain too, is delivered.
And nothing signs what people send.

## How to fix
Name Rspamd's milter in main.cf.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import RELOAD, assign, named, show
from mailworthy.servers.reading.model import Postfix, Service


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 9989 §5.3",),
    bad=served(main=("smtpd_milters =",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    for service in postfix.public[:1]:
        if postfix.value("smtpd_milters", service) or _filtered(postfix, service):
            continue
        steps = (
            assign(postfix, "smtpd_milters", "inet:127.0.0.1:11332", service),
            assign(postfix, "non_smtpd_milters", "$smtpd_milters"),
        )
        yield Found(
            subject=named(postfix),
            message="no milter judges the mail that comes in, and none signs what goes out",
            evidence=show(postfix, "smtpd_milters", service=service),
            remedy=Remedy(steps, f"Rspamd has to be installed; {RELOAD}"),
        )


def _filtered(postfix: Postfix, service: Service) -> bool:
    """Whether mail is handed to a filter in front of or behind the queue instead."""
    return bool(
        postfix.value("content_filter", service) or postfix.value("smtpd_proxy_filter", service)
    )
