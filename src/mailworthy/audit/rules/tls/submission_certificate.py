"""Mail programs warn of the certificate of the server that people send by.

## What it checks
The certificate that is shown for submission is in date, made out to the host that the SRV record names, and
trusted.

## Why it matters
Programs warn at every connection or refuse. People who learn to click the warning away are easily deceived.

## How to fix
Get a certificate for that name, and have the server read it.
"""

from collections.abc import Iterator
from datetime import datetime

from mailworthy.audit.connectparts import Submission
from mailworthy.audit.finding import AskOther, Found, Remedy, Severity, word
from mailworthy.audit.healthychain import AUTHORITY, OTHER_NAME
from mailworthy.audit.healthyconnect import connected, world
from mailworthy.audit.healthyconnect import shown as showing
from mailworthy.audit.rule import rule
from mailworthy.audit.rules._talks import certified, leaf, openssl, shown
from mailworthy.audit.rules.smtp._submission import subject
from mailworthy.certificate import covers
from mailworthy.lookup.model import Dialled
from mailworthy.names import printable

_RENEW = "certbot certonly --standalone --force-renewal -d mail.example.com --deploy-hook 'systemctl reload postfix dovecot'"


@rule(
    over="submissions",
    severity=Severity.WARNING,
    references=(
        "RFC 8314 §4.4",
        "RFC 9525 §6.3",
    ),
    bad=connected(dials=world(submissions=showing(OTHER_NAME, AUTHORITY)), cures=(_RENEW,)),
    good=connected(),
)
def check(each: Submission, dialled: Dialled, now: datetime) -> Iterator[Found]:
    why = _fault(dialled, now)
    if not why:
        return
    who, what = f"whoever runs {shown(each.host)}", f"The certificate on port {each.port} {why}."
    asking = Remedy((AskOther(who, what),))
    yield Found(
        subject=subject(each),
        message=f"the certificate of {shown(each.host)} on port {each.port} {why}",
        evidence=(openssl(dialled, why, f" -verify_hostname {word(each.host)}"),),
        remedy=certified(each.host) if each.own else asking,
    )


def _fault(talk: Dialled, now: datetime) -> str:
    found = leaf(talk)
    if found is None or talk.tls is None:
        return ""
    if not found.current(now):
        return f"is valid from {found.not_before:%Y-%m-%d} to {found.not_after:%Y-%m-%d}"
    if not covers(found.names, talk.ask.host):
        return f"is made out to {', '.join(map(shown, found.names[:5])) or 'no name'}"
    reason = printable(talk.tls.untrusted, 120)
    return f"is not to be trusted: {reason}" if reason else ""
