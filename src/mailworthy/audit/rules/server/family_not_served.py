"""DNS publishes an address on which Postfix does not listen.

## What it checks
`inet_protocols` of Postfix has every family of addresses that the MX host publishes.

## Why it matters
Senders try the published address first. Each connection is refused or times out, mail is late, and
some senders never try the other family.

## How to fix
Let Postfix speak both families, or withdraw the address.
"""

from collections.abc import Iterator

from mailworthy.audit.evidence import HostEvidence
from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.part import Known
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import here, main, short, show
from mailworthy.servers.reading.model import Postfix, Server


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 5321 §5.1", "RFC 5321 §5.2"),
    bad=served(main=("inet_protocols = ipv4",)),
    good=served(),
)
def check(postfix: Postfix, server: Server, hosts: tuple[HostEvidence, ...]) -> Iterator[Found]:
    families = postfix.value("inet_protocols") or "all"
    for host in here(hosts, postfix, server):
        ips = host.addresses.value.ips if isinstance(host.addresses, Known) else ()
        deaf = [ip for ip in ips if f"ipv{6 if ':' in ip else 4}" not in families]
        if families == "all" or not deaf:
            continue
        yield Found(
            subject=host.name,
            message=f"{host.name} publishes {', '.join(deaf[:3])}, and Postfix speaks {short(families, 40)} only",
            evidence=show(postfix, "inet_protocols"),
            remedy=main(postfix, ("inet_protocols", "all")),
        )
