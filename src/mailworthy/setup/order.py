"""What a person orders with `init`, turned into an intent."""

from datetime import datetime
from typing import Any

import msgspec

from mailworthy.domain.intent import Intent
from mailworthy.domain.intentfile import build
from mailworthy.domain.keys import selectors_for
from mailworthy.errors import UsageError
from mailworthy.names import to_ascii


class Order(msgspec.Struct, frozen=True):
    """One domain (or parked one) and the host that serves it, as typed."""

    domain: str
    hostname: str | None = None
    ipv4: tuple[str, ...] = ()
    ipv6: tuple[str, ...] = ()
    reports: str | None = None
    senders: tuple[str, ...] = ()
    nameservers: tuple[str, ...] = ()
    ca: tuple[str, ...] = ()
    dnssec: bool = False
    parked: bool = False


def intent_of(order: Order, now: datetime, before: Intent | None = None) -> Intent:
    """The intent with the ordered domain in it; `before` keeps what it holds otherwise.

    Reports go to postmaster@ unless told otherwise: that mailbox has to exist anyway
    (RFC 5321 §4.5.1). Raises UsageError, in one line, for what cannot be.
    """
    domain = to_ascii(order.domain)
    if before and domain in before.domains:
        raise UsageError(
            f"{domain} is in mailworthy.toml already: edit it there, "
            "then run mailworthy zone --write"
        )
    hosts = dict(_old_hosts(before))
    if not order.parked:
        hosts |= _host(order, hosts)
    fresh = build({"hosts": hosts, "domains": {domain: _domain(order, domain, now)}})
    if before is None:
        return fresh
    return Intent(fresh.hosts, {**before.domains, **fresh.domains}, before.waive)


def _old_hosts(before: Intent | None) -> dict[str, Any]:
    return msgspec.to_builtins(before.hosts) if before else {}


def _host(order: Order, hosts: dict[str, Any]) -> dict[str, Any]:
    name = to_ascii(order.hostname or f"mail.{order.domain}")
    if name in hosts and not (order.ipv4 or order.ipv6):
        return {}
    if not order.ipv4 and not order.ipv6:
        raise UsageError(f"{name} needs an address: --ipv4 ADDRESS, and --ipv6 if it has one")
    return {name: {"ipv4": list(order.ipv4), "ipv6": list(order.ipv6), "mx": 10, "sends": True}}


def _domain(order: Order, domain: str, now: datetime) -> dict[str, Any]:
    if order.parked:
        return {"parked": True, "people": False, "nameservers": list(order.nameservers)}
    return {
        "reports": order.reports or f"postmaster@{domain}",
        "senders": list(order.senders),
        "nameservers": list(order.nameservers),
        "ca": list(order.ca),
        "dnssec": order.dnssec,
        "selectors": list(selectors_for(now)),
    }
