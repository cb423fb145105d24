"""A domain is named in two classes of addresses.

## What it checks
No domain is in more than one of `mydestination`, `virtual_mailbox_domains`, `virtual_alias_domains` and
`relay_domains`, of which `relay_domains` may repeat `mydestination`.

## Why it matters
Postfix warns with every message, and looks for the mailbox in one of the classes only: mail for addresses
of the other is refused or goes to a mailbox that nobody reads.

## How to fix
Take the domain out of all classes but one.
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import items, main, short, show
from mailworthy.names import normalize
from mailworthy.servers.reading.model import Postfix
from mailworthy.servers.reading.postfix import CLASSES


@rule(
    severity=Severity.WARNING,
    references=("RFC 5321 §3.6.2",),
    bad=served(main=("mydestination = localhost, example.com",)),
    good=served(),
)
def check(postfix: Postfix, domain: str) -> Iterator[Found]:
    classes = [n for n in CLASSES[:3] if domain in postfix.accepts.get(n, ())]
    if len(classes) < 2:
        return
    first = classes[0]
    words = items(postfix.value(first))
    if not any(normalize(word) == domain for word in words):
        return
    rest = ", ".join(word for word in words if normalize(word) != domain)
    yield Found(
        subject=domain,
        message=f"{short(domain)} is in {' and in '.join(classes)}",
        evidence=show(postfix, *classes),
        remedy=main(postfix, (first, rest)),
    )
