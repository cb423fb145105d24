"""What a person orders with `init`, turned into an intent."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from mailworthy.domain.intent import Intent
from mailworthy.domain.intentfile import IntentError, build
from mailworthy.domain.keys import selectors_for
from mailworthy.domain.senders import needed_blanks
from mailworthy.errors import UsageError
from mailworthy.names import printable, to_ascii
from mailworthy.sources.table import find

_FLAGS = {
    "nameservers": "--nameserver",
    "reports": "--reports",
    "ca": "--ca",
    "senders": "--sender",
    "ipv4": "--ipv4",
    "ipv6": "--ipv6",
}


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

    @property
    def names_host(self) -> bool:
        """Whether anything about the host was typed."""
        return bool(self.hostname or self.ipv4 or self.ipv6)


def intent_of(order: Order, now: datetime, before: Intent | None = None) -> Intent:
    """The intent with the ordered domain in it; `before` keeps what it holds otherwise.

    A domain or host that `before` has already changes only in what was typed. A new domain is
    served by the host that was typed, or by the one that receives already. Reports go to
    postmaster@ unless told otherwise: that mailbox has to exist anyway (RFC 5321 §4.5.1).
    Raises UsageError, in one line, for what cannot be.
    """
    domain = to_ascii(order.domain)
    start = before or Intent()
    old: dict[str, Any] = msgspec.to_builtins(start)
    serving = {} if order.parked else _hosts(order, domain, start, old["hosts"])
    domains = {**old["domains"], domain: _domain(order, domain, now, old["domains"].get(domain))}
    fresh = _built({"hosts": old["hosts"] | serving, "domains": domains})
    intent = Intent(fresh.hosts, fresh.domains, start.waive)
    if order.parked or domain in start.domains:
        return intent
    return apart(start, intent, domain, serving)


def receiving_host(before: Intent | None) -> str | None:
    """The host that receives, where a folder has exactly one: it serves further domains too."""
    names = [n for n, h in before.hosts.items() if h.mx is not None] if before else []
    return names[0] if len(names) == 1 else None


def apart(before: Intent, intent: Intent, domain: str, serving: Iterable[str]) -> Intent:
    """The same intent, its new domain served by these hosts alone, the others as before."""
    own = tuple(serving)
    domains = dict(intent.domains)
    if before.hosts and intent.hosts.keys() - before.hosts.keys():
        for name, wish in before.domains.items():
            if wish.hosts is None and not wish.parked:
                domains[name] = msgspec.structs.replace(wish, hosts=tuple(before.hosts))
    if set(own) != set(intent.hosts) and not domains[domain].parked:
        domains[domain] = msgspec.structs.replace(domains[domain], hosts=own)
    return msgspec.structs.replace(intent, domains=domains)


def _built(data: dict[str, Any]) -> Intent:
    """The intent; an error names the flag that was typed, not the key of the file."""
    try:
        return build(data)
    except IntentError as error:
        flag = _FLAGS.get(error.path[-1]) if error.path else None
        raise UsageError(f"{flag}: {error}" if flag else str(error)) from None


def _hosts(
    order: Order, domain: str, before: Intent, hosts: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """The hosts that serve the domain, as tables."""
    if not order.names_host:
        if domain in before.domains and before.domain_hosts(domain):
            return {name: hosts[name] for name in before.domain_hosts(domain)}
        there = receiving_host(before)
        if there is not None:
            return {there: hosts[there]}
        if hosts:
            known = ", ".join(list(hosts)[:8])
            raise UsageError(
                f"which host serves {domain}? --hostname NAME, of {known} or a new one"
            )
    name = to_ascii(order.hostname or f"mail.{domain}")
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
    lists = ("nameservers", "ca")
    typed: dict[str, Any] = {key: list(getattr(order, key)) for key in lists if getattr(order, key)}
    typed |= {"senders": [_sender(text) for text in order.senders]} if order.senders else {}
    typed |= {"reports": order.reports} if order.reports else {}
    typed |= {"dnssec": True} if order.dnssec else {}
    return (start if old is None or old["parked"] else old) | typed


def _sender(text: str) -> str | dict[str, Any]:
    """`NAME`, or `NAME:blank=value,…` for what the customer's account shows."""
    name, _, rest = text.partition(":")
    sender = find(name)
    pairs = [part.partition("=") for part in rest.split(",") if part.strip()]
    values = {blank.strip(): value.strip() for blank, _, value in pairs}
    missing = [blank for blank in needed_blanks(sender) if not values.get(blank)]
    if missing or not all(equals for _, equals, _ in pairs):
        blanks = ",".join(f"{blank}=VALUE" for blank in needed_blanks(sender))
        raise UsageError(
            f"--sender {printable(text, 80)}: {sender.title} needs what your account there shows "
            f"({sender.help or sender.source}): --sender '{sender.name}:{blanks}'"
        )
    return {"name": sender.name, "values": values} if values else sender.name
