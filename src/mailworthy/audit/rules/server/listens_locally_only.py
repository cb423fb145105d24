"""Postfix listens on this machine only, and mail comes here from others.

## What it checks
`inet_interfaces` of Postfix is not restricted to loopback while an MX record leads to this machine.

## Why it matters
Nobody can deliver mail: every connection from outside is refused.

## How to fix
Set `inet_interfaces = all`, and restart Postfix; a reload is not enough.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Remedy, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import assign, here, items, show
from mailworthy.rdata.address import Kind, canonical, kind
from mailworthy.servers.reading.model import Postfix, Server


@rule(
    over="postfixes",
    severity=Severity.BLOCKER,
    references=("RFC 5321 §5.1",),
    bad=served(main=("inet_interfaces = loopback-only",)),
    good=served(),
)
def check(postfix: Postfix, server: Server, hosts: tuple[HostEvidence, ...]) -> Iterator[Found]:
    words = items(postfix.value("inet_interfaces"))
    if not words or not all(map(_is_local, words)):
        return
    for host in here(hosts, postfix, server)[:1]:
        yield Found(
            subject=host.name,
            message=f"mail for this domain comes to {host.name}, and Postfix listens on loopback only",
            evidence=show(postfix, "inet_interfaces"),
            remedy=Remedy(
                (assign(postfix, "inet_interfaces", "all"),), "then: systemctl restart postfix"
            ),
        )


def _is_local(word: str) -> bool:
    ip = canonical(word.strip("[]"))
    return word in ("loopback-only", "localhost") or (ip is not None and kind(ip) is Kind.LOOPBACK)
