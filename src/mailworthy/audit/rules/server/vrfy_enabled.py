"""Strangers may ask which addresses exist.

## What it checks
`disable_vrfy_command` of Postfix is `yes`.

## Why it matters
VRFY tells whoever asks whether a mailbox exists, without sending a message: lists of addresses are
made so.

## How to fix
Set `disable_vrfy_command = yes`.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import RELOAD, assign, named, show
from mailworthy.servers.reading.model import Postfix


@rule(
    over="postfixes",
    severity=Severity.ADVICE,
    references=("RFC 5321 §7.3", "RFC 5321 §3.5.3"),
    bad=served(main=("disable_vrfy_command = no",)),
    good=served(),
)
def check(postfix: Postfix) -> Iterator[Found]:
    for service in postfix.public[:1]:
        if postfix.value("disable_vrfy_command", service) != "no":
            continue
        step = assign(postfix, "disable_vrfy_command", "yes", service)
        yield Found(
            subject=named(postfix),
            message="Postfix answers VRFY: strangers may ask which addresses exist",
            evidence=show(postfix, "disable_vrfy_command", service=service),
            remedy=Remedy((step,), RELOAD),
        )
