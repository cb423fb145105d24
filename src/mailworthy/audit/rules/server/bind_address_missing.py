"""Mail is to leave from an address that the machine does not have.

## What it checks
`smtp_bind_address` and `smtp_bind_address6` of Postfix are addresses of this machine.

## Why it matters
Postfix cannot use the address, logs a warning, and leaves from whatever the kernel takes; or, where the
address is of another family, sends nothing at all.

## How to fix
Name an address of the machine, or leave the setting empty where the address is translated (NAT).
"""

from collections.abc import Iterator

from mailworthy.audit.finding import Found, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._shared import main, named, noted, show
from mailworthy.rdata.address import Kind, canonical, kind
from mailworthy.servers.reading.model import Postfix, Server


@rule(
    over="postfixes",
    severity=Severity.WARNING,
    references=("RFC 5321 §4.1.4",),
    bad=served(main=("smtp_bind_address = 192.0.2.250",)),
    good=served(main=("smtp_bind_address = 192.0.2.25",)),
)
def check(postfix: Postfix, server: Server) -> Iterator[Found]:
    if not isinstance(server.addresses, tuple):
        return
    for name in ("smtp_bind_address", "smtp_bind_address6"):
        ip = canonical(postfix.value(name).strip("[]"))
        if ip is None or ip in server.addresses or kind(ip) is Kind.LOOPBACK:
            continue
        own = ", ".join(server.addresses[:6]) or "none"
        yield Found(
            subject=named(postfix),
            message=f"mail is to leave from {ip} ({name}), and the machine has {own}",
            evidence=(*show(postfix, name), noted("ip addr", own)),
            remedy=main(postfix, (name, ""), note="or the address that the machine has"),
        )
