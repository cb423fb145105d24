"""Bringing the lab up: what depends on nothing at the same time, the rest in order."""

import contextlib
import http.client
import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import dns.flags
import dns.message
import dns.query
import dns.rdatatype

from lab.authority import Authority
from lab.dns import SIGNED, make_keys, start_unbound, start_world
from lab.machine import Machine, connect, wait_for
from lab.mailhost import MailHost
from lab.plan import (
    DNS,
    MAIL,
    PLACES,
    RESOLVER,
    MailPlace,
    Place,
    server_of,
)

SITES = ("mta-sts", "autoconfig", "autodiscover")
SWITCH = Place("switch", "switch.provider.example", ())


def bring_up(state: Path, stack: contextlib.ExitStack) -> tuple[Authority, dict[str, Machine]]:
    """Start everything; whatever was started is ended by the stack."""
    authority = Authority(state / "ca")
    # The stack ends the machines first; what still works on them then fails, and nobody waits.
    pool = ThreadPoolExecutor()
    stack.callback(pool.shutdown, cancel_futures=True)
    machines = _machines(state, stack)
    world = machines[DNS.label]
    hosts = [m for m in machines.values() if isinstance(m, MailHost)]
    made = pool.submit(make_keys, world)
    owned = list(pool.map(partial(_install, authority), hosts))
    started = pool.map(partial(_start, authority), hosts)
    start_world(world, [*owned, *made.result()], [line for h in hosts for line in pointers(h)])
    _await_signatures(world)
    start_unbound(world)
    list(started)
    with world.inside():
        for zone in (place.domain for place in MAIL):
            wait_for(f"the resolver to trust {zone}", partial(_trusted, zone))
    return authority, machines


def _machines(state: Path, stack: contextlib.ExitStack) -> dict[str, Machine]:
    machines: list[Machine] = []
    for place in (SWITCH, *PLACES):
        kind = MailHost if isinstance(place, MailPlace) else Machine
        machine = kind(place, state, RESOLVER[0])  # type: ignore[arg-type]
        stack.callback(machine.off)
        machines.append(machine)
    for machine in machines:
        machine.ready()
    connect(machines[0], machines[1:])
    return {machine.place.label: machine for machine in machines[1:]}


def _install(authority: Authority, host: MailHost) -> str:
    issued = authority.issue([host.place.hostname])
    host.generate(issued)
    return host.install(issued, authority.path)


def _start(authority: Authority, host: MailHost) -> None:
    host.start_web(authority.issue([f"{name}.{host.domain}" for name in SITES]))
    host.start_postfix()
    for port in (25, 443, 993, 11332):
        wait_for(f"port {port} of {host.place.label}", partial(host.answers, port))
    wait_for("Dovecot", lambda: host.path("/run/dovecot/lmtp").exists())
    wait_for("Rspamd", partial(_pong, host))


def pointers(host: MailHost) -> list[str]:
    """The PTR records that a host's owner is told to ask the provider for."""
    text = (host.folder / "others.zone").read_text()
    return re.findall(r"(?m)^\S+\s+\d+\s+IN\s+PTR\s+\S+$", text)


def _await_signatures(world: Machine) -> None:
    """Until every signed zone is: what a resolver learns before that, it believes for a while."""
    zones = [".", *(zone for children in SIGNED.values() for zone in children)]
    with world.inside():
        for zone in (*zones, *(place.domain for place in MAIL)):
            wait_for(f"{zone} to be signed", partial(_signed, zone))


def _signed(zone: str) -> bool:
    query = dns.message.make_query(zone, "SOA", want_dnssec=True)
    try:
        answer = dns.query.udp(query, server_of(zone), timeout=1)
    except (OSError, dns.exception.DNSException):
        return False
    return any(found.rdtype == dns.rdatatype.RRSIG for found in answer.answer)


def _trusted(zone: str) -> bool:
    query = dns.message.make_query(zone, "SOA", want_dnssec=True)
    try:
        answer = dns.query.udp(query, RESOLVER[0], timeout=2)
    except (OSError, dns.exception.DNSException):
        return False
    return bool(answer.flags & dns.flags.AD)


def _pong(host: MailHost) -> bool:
    rspamd = http.client.HTTPConnection("127.0.0.1", 11333, timeout=2)
    with host.inside():
        try:
            rspamd.request("GET", "/ping")
            return rspamd.getresponse().read().strip() == b"pong"
        except (OSError, http.client.HTTPException):
            return False
        finally:
            rspamd.close()
