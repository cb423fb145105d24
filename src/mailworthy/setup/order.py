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

    A domain or host that `before` has already changes only in what was typed. Reports go to
    postmaster@ unless told otherwise: that mailbox has to exist anyway (RFC 5321 §4.5.1).
    Raises UsageError, in one line, for what cannot be.
    """
    domain = to_ascii(order.domain)
    old: dict[str, Any] = msgspec.to_builtins(before or Intent())
    hosts = dict(old["hosts"])
    if not order.parked:
        hosts |= _host(order, hosts)
    domains = {**old["domains"], domain: _domain(order, domain, now, old["domains"].get(domain))}
    fresh = build({"hosts": hosts, "domains": domains})
    return Intent(fresh.hosts, fresh.domains, before.waive if before else ())


def _host(order: Order, hosts: dict[str, Any]) -> dict[str, Any]:
    name = to_ascii(order.hostname or f"mail.{order.domain}")
    given = {"ipv4": list(order.ipv4), "ipv6": list(order.ipv6)}
    if name in hosts:
        return {name: hosts[name] | {key: ips for key, ips in given.items() if ips}}
    if not order.ipv4 and not order.ipv6:
        raise UsageError(f"{name} needs an address: --ipv4 ADDRESS, and --ipv6 if it has one")
    return {name: {**given, "mx": 10, "sends": True}}


def _domain(order: Order, domain: str, now: datetime, old: dict[str, Any] | None) -> dict[str, Any]:
    if order.parked:
        servers = order.nameservers or (old or {}).get("nameservers", ())
        return {"parked": True, "people": False, "nameservers": list(servers)}
    start: dict[str, Any] = {
        "reports": f"postmaster@{domain}",
        "selectors": list(selectors_for(now)),
    }
    lists = ("senders", "nameservers", "ca")
    typed: dict[str, Any] = {key: list(getattr(order, key)) for key in lists if getattr(order, key)}
    typed |= {"reports": order.reports} if order.reports else {}
    typed |= {"dnssec": True} if order.dnssec else {}
    return (start if old is None or old["parked"] else old) | typed
