"""Mail for the domain comes to this server, which does not take it.

## What it checks
Where an MX record leads to this machine, Postfix knows the domain: in `mydestination`, `virtual_mailbox_domains`,
`virtual_alias_domains` or `relay_domains`.

## Why it matters
Postfix refuses every message for the domain with `Relay access denied`.

## How to fix
Add the domain to the class whose mailboxes it has.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity, Shown, cite, word
from mailworthy.audit.healthyserver import served
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import here, main, noted, short, show
from mailworthy.servers.reading.model import Postfix, Server
from mailworthy.servers.reading.postfix import CLASSES


@rule(
    severity=Severity.BLOCKER,
    references=("RFC 5321 §3.6.2", "RFC 5321 §5.1"),
    bad=served(main=("virtual_mailbox_domains =",)),
    good=served(),
)
def check(
    postfix: Postfix, server: Server, hosts: tuple[HostEvidence, ...], domain: str
) -> Iterator[Found]:
    mine = here(hosts, postfix, server)
    if not mine or postfix.sealed or any(domain in names for names in postfix.accepts.values()):
        return
    name = "virtual_mailbox_domains"
    if not postfix.value(name):
        name = "mydestination" if postfix.value("mydestination") != "localhost" else name
    value = ", ".join(filter(None, (postfix.value(name), domain)))
    yield Found(
        subject=domain,
        message=f"mail for {short(domain)} comes to {mine[0].name}, and Postfix does not know the domain",
        evidence=(
            cite(mine[0].a.value) if isinstance(mine[0].a, Known) else _shown(domain),
            *show(postfix, *CLASSES),
        ),
        remedy=main(postfix, (name, value), note="the mailboxes are needed too"),
    )


def _shown(domain: str) -> Shown:
    return noted(f"dig +short {word(domain)} MX", "leads to this machine")
