"""The healthy world with its server and two receivers that answer it: port 25 is open outwards."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from mailworthy.audit.case import Case
from mailworthy.audit.healthyserver import served
from mailworthy.lookup.model import Dial, Dialled, Encryption, Said, Status, Why
from mailworthy.names import parent

# Receivers, by the addresses of their one MX host.
HOSTS = {
    "mx.big.example": ("198.51.100.1", "2001:db8:1::1"),
    "mx.vast.example": ("198.51.100.2", "2001:db8:2::1"),
}
RECEIVERS = tuple(parent(host) for host in HOSTS)
RECORDS = tuple(
    line
    for host, (four, six) in HOSTS.items()
    for line in (f"{parent(host)}. MX 10 {host}.", f"{host}. A {four}", f"{host}. AAAA {six}")
)


def outward(*closed: int, why: Why = Why.TIMEOUT) -> tuple[Dialled, ...]:
    """What the receivers say, with the families of addresses over which nobody answers."""
    return tuple(
        _call(Dial(host, ip, encryption=Encryption.NEVER, greeting=True), closed, why)
        for host, ips in HOSTS.items()
        for ip in ips
    )


def _call(ask: Dial, closed: Iterable[int], why: Why) -> Dialled:
    if (6 if ":" in ask.ip else 4) in closed:
        return Dialled(ask, Status.FAILED, why, "no connection in time")
    return Dialled(ask, Status.FOUND, banner=Said(220, (f"{ask.host} ESMTP",)))


def reaching(*closed: int, cures: Iterable[str] = ("",), **more: Any) -> Case:
    """That world, with port 25 closed for some families; `cures` are the steps (an empty one is a
    request) after which it is open."""
    case = served(
        add=RECORDS,
        dials=outward(*closed),
        redials={step: outward() for step in cures},
        receivers=RECEIVERS,
        **more,
    )
    shut = tuple(f"+ port 25 on the way out is closed over IPv{n}" for n in closed)
    return replace(case, changes=case.changes + shut)
