"""The server sends mail for anybody.

## What it checks
On port 25 a stranger's mail to another stranger is refused: `smtpd_relay_restrictions`, or else
`smtpd_recipient_restrictions`, comes to `reject_unauth_destination` before anything permits.

## Why it matters
Spammers find such a server within hours. Its address is then on every blocklist, and your own mail is
refused everywhere for weeks.

## How to fix
Let your networks and people who log in pass, and refuse all other relaying. Nothing else belongs into
`smtpd_relay_restrictions`.
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
    references=("RFC 5321 §7.9", "RFC 2505 §2.1"),
    bad=served(
        main=(
            "smtpd_relay_restrictions = permit_mynetworks, check_client_access static:OK, reject_unauth_destination",
        )
    ),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    for service in postfix.public:
        verdict, name, word = verdict_of(postfix, service)
        if verdict is not Relay.OPEN:
            continue
        by = f"{short(word, 80)} stands first" if word else "nothing in it decides"
        yield Found(
            subject=named(postfix),
            message=f"strangers may send to strangers ({short(service.label, 60)}, {name}: {by})",
            evidence=show(postfix, *LISTS, service=service),
            remedy=Remedy((assign(postfix, LISTS[0], RIGHT, service),), RELOAD),
        )
        return
