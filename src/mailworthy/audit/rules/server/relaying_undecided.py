"""Nothing refuses relaying, so Postfix takes no mail.

## What it checks
`smtpd_relay_restrictions` or `smtpd_recipient_restrictions` holds one of `reject_unauth_destination`,
`defer_unauth_destination`, `reject`, `defer` and `defer_if_permit`, and not behind `permit`.

## Why it matters
Without one Postfix refuses to work: each connection ends without a greeting, and the log says
`specify at least one working instance`. Mail is late, then lost.

## How to fix
Let your networks and people who log in pass, and refuse all other relaying.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._relay import LISTS, RIGHT, Relay, verdict_of
from mailworthy.audit.rules.server._shared import RELOAD, assign, named, short, show
from mailworthy.servers.reading.model import Postfix


@rule(
    over="postfixes",
    severity=Severity.BLOCKER,
    references=("RFC 5321 §7.9", "RFC 5321 §4.3.1"),
    bad=served(
        main=("smtpd_relay_restrictions = permit_mynetworks, permit, reject_unauth_destination",)
    ),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    for service in postfix.public:
        if verdict_of(postfix, service)[0] is not Relay.STUCK:
            continue
        yield Found(
            subject=named(postfix),
            message=f"nothing in the restrictions of {short(service.label, 60)} refuses relaying, so Postfix takes no mail",
            evidence=show(postfix, *LISTS, service=service),
            remedy=Remedy((assign(postfix, LISTS[0], RIGHT, service),), RELOAD),
        )
        return
