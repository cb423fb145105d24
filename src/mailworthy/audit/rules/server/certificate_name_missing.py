"""The certificate of the server is made out to another name.

## What it checks
The certificate that Postfix shows has the name of the MX host among its alternative names. The common
name counts for nothing.

## Why it matters
Senders that verify by MTA-STS compare it with the MX name, and keep the mail back where they differ.
Mail programs warn.

## How to fix
Get a certificate for the name of the MX host, besides those that it has.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import CERTIFICATE, CHAIN, OTHER_NAME, served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._certificates import (
    leaf_of,
    mx_hosts,
    postfix_serves,
    renewed,
    seen,
)
from mailworthy.audit.rules.server._shared import short
from mailworthy.audit.serverparts import Served
from mailworthy.certificate import Certificate, covers
from mailworthy.servers.reading.model import Postfix, Server


@rule(
    over="served",
    severity=Severity.WARNING,
    references=("RFC 8461 §4.2", "RFC 9525 §6.3"),
    bad=served(files={CHAIN: OTHER_NAME}, after={CHAIN: CERTIFICATE}),
    good=served(),
)
def check(
    each: Served,
    chain: tuple[Certificate, ...],
    postfix: Postfix,
    server: Server,
    hosts: tuple[HostEvidence, ...],
) -> Iterator[Found]:
    leaf = leaf_of(chain)
    if leaf is None or not postfix_serves(each):
        return
    for name in mx_hosts(hosts, postfix, server):
        if covers(leaf.names, name):
            continue
        others = ", ".join(leaf.names[:5]) or "no name"
        kept = [n for n in leaf.names if not n.startswith("*.")][:5]
        yield Found(
            subject=name,
            message=f"the certificate of {name} is made out to {short(others)}",
            evidence=seen(each, f"DNS names: {others}"),
            remedy=renewed(*dict.fromkeys((*kept, name))),
        )
