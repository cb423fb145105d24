"""Others may hide a second message in the first one.

## What it checks
`smtpd_forbid_bare_newline` of Postfix is on, in every version that has the setting.

## Why it matters
A line end that is none lets a sender end a message where other servers do not (SMTP smuggling,
CVE-2023-51764): the hidden message comes in with the SPF result of the honest server that passed it on.

## How to fix
Set `smtpd_forbid_bare_newline = yes`, and let your own networks pass as before.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import RELOAD, assign, named, show
from mailworthy.servers.reading.model import Postfix


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 5321 §4.1.1.4", "RFC 5321 §2.3.8"),
    bad=served(main=("smtpd_forbid_bare_newline = no",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    for service in postfix.public[:1]:
        if postfix.value("smtpd_forbid_bare_newline", service) not in ("no", "note"):
            continue
        step = assign(postfix, "smtpd_forbid_bare_newline", "yes", service)
        yield Found(
            subject=named(postfix),
            message="Postfix takes line ends that are none, so a message may hide another (SMTP smuggling)",
            evidence=show(postfix, "smtpd_forbid_bare_newline", service=service),
            remedy=Remedy((step,), RELOAD),
        )
