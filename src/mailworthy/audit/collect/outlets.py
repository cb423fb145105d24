"""Whether port 25 is open on the way out: calls of large receivers, over IPv4 and IPv6."""

from collections.abc import Iterable, Iterator
from typing import Any

from mailworthy.audit.collect.hosts import addresses_of, mx_of
from mailworthy.audit.collect.server import leaving, version_of
from mailworthy.audit.collect.target import OUTWARD, Target
from mailworthy.audit.evidence import AddressSet
from mailworthy.audit.part import Known, NotAsked, Part, Unknown
from mailworthy.audit.serverparts import Outlet
from mailworthy.lookup.drive import gather
from mailworthy.lookup.model import (
    NO_REPLY,
    Asking,
    Dial,
    Dialled,
    Encryption,
    Status,
    Why,
    dial,
)
from mailworthy.names import printable
from mailworthy.rdata.address import Kind, kind
from mailworthy.servers.reading.model import Postfix, Server, Unread

NOBODY = "no receivers are named"
SEVERAL = 2  # receivers that must be silent: one may have trouble of its own, or with us
# An IPv4 address that is translated on its way out leads out all the same, an IPv6 one does not.
_LEADS_OUT = {
    4: (Kind.GLOBAL, Kind.DOCUMENTATION, Kind.PRIVATE, Kind.CGNAT),
    6: (Kind.GLOBAL, Kind.DOCUMENTATION),
}
_CLOSED = frozenset({Why.TIMEOUT, Why.UNREACHABLE})
_RELAYS = ("relayhost", "sender_dependent_relayhost_maps")
_TRANSPORTS = ("default_transport", "sender_dependent_default_transport_maps")
# These may lead mail to a relay, for some receivers or all: nobody knows without trying.
_DETOURS = ("transport_maps", "smtp_fallback_relay")

Places = Part[AddressSet]


def outlets_of(target: Target) -> Asking[dict[str, Any]]:
    """The part about the way out; nothing where no server was read."""
    if target.server is None:
        return {}
    found = yield from _outlets(target, target.server)
    return {"outlets": found}


def _outlets(target: Target, server: Server | Unread) -> Asking[Part[tuple[Outlet, ...]]]:
    if not target.first:
        return Known(())
    receivers = _receivers(target)
    if isinstance(receivers, NotAsked):
        return receivers
    if isinstance(server, Unread):
        return Unknown(OUTWARD, server.why)
    if isinstance(server.postfix, Unread):
        return Unknown(OUTWARD, server.postfix.why)
    return (yield from _called(receivers, server, server.postfix))


def _receivers(target: Target) -> tuple[str, ...] | NotAsked:
    if isinstance(target.receivers, NotAsked) or (target.receivers and not target.checkpoint):
        return target.receivers
    return NotAsked(OUTWARD, "not part of this check" if target.receivers else NOBODY)


def _called(
    receivers: tuple[str, ...], server: Server, postfix: Postfix
) -> Asking[Part[tuple[Outlet, ...]]]:
    other = _other_way(postfix)
    if other:
        return NotAsked(OUTWARD, other)
    if isinstance(server.addresses, Unread):
        return Unknown(OUTWARD, server.addresses.why)
    ways = _ways(postfix, server)
    if not ways:
        return NotAsked(OUTWARD, "this machine has no address that leads out")
    places = yield from gather([_place(name) for name in receivers])
    found = yield from gather([_outlet(ip, places, postfix, server.addresses) for ip in ways])
    return Known(tuple(found))


def _other_way(postfix: Postfix) -> str:
    """How mail leaves where others deliver it; empty where this machine does."""
    for name in _RELAYS:
        if postfix.value(name):
            return f"mail leaves by the relay {printable(postfix.value(name), 100)}"
    odd = (n for n in _TRANSPORTS if postfix.value(n).removesuffix(":") not in ("", "smtp"))
    return next((f"{name} says how mail leaves" for name in odd), "")


def _ways(postfix: Postfix, server: Server) -> tuple[str, ...]:
    """The addresses by which mail leaves, one a family."""
    return tuple(ip for ip in leaving(postfix, server) if kind(ip) in _LEADS_OUT[version_of(ip)])


def _place(domain: str) -> Asking[Places]:
    """The addresses of the first MX host of a receiver."""
    mx = yield from mx_of(domain)
    if not isinstance(mx, Known):
        return mx
    if not mx.value.exchanges:
        return Unknown(f"{domain} MX", "it names no host")
    return (yield from addresses_of(mx.value.exchanges[0].exchange))


def _outlet(
    ip: str, places: list[Places], postfix: Postfix, own: tuple[str, ...]
) -> Asking[Outlet]:
    version = version_of(ip)
    asks = dict.fromkeys(_asks(version, places, own))
    calls = yield from gather([dial(ask) for ask in asks])
    return Outlet(version, ip, tuple(calls), _open(version, calls, places, postfix))


def _asks(version: int, places: Iterable[Places], own: tuple[str, ...]) -> Iterator[Dial]:
    """One call a receiver; that this machine reaches itself tells nothing."""
    for place in places:
        ips = place.value.ips if isinstance(place, Known) else ()
        others = [ip for ip in ips if version_of(ip) == version and ip not in own]
        for ip in others[:1]:
            assert isinstance(place, Known)
            yield Dial(place.value.name, ip, encryption=Encryption.NEVER, greeting=True)


def _open(version: int, calls: list[Dialled], places: list[Places], postfix: Postfix) -> Part[bool]:
    what = f"{OUTWARD} over IPv{version}"
    if any(map(answered, calls)):
        return Known(True)
    if len(calls) >= SEVERAL and all(call.why in _CLOSED for call in calls):
        detour = next((name for name in _DETOURS if postfix.value(name)), "")
        if detour:
            return Unknown(what, f"nobody answers, and {detour} may have mail leave another way")
        return Known(False)
    return _gap(what, calls, places)


def answered(call: Dialled) -> bool:
    """Whether there was a connection: a refusal comes over an open port too."""
    if call.status is Status.FOUND:
        return True
    return call.detail == NO_REPLY or (call.why is Why.BUSY and call.detail.startswith("421"))


def _gap(what: str, calls: list[Dialled], places: list[Places]) -> Unknown | NotAsked:
    """Why nothing is known."""
    lost = [call for call in calls if call.why is not Why.NO_MEANS]
    if lost:
        return Unknown(what, (lost[0].why or Why.GARBLED).value)
    if calls:
        detail = next((call.detail for call in calls if call.detail), "")
        return NotAsked(what, printable(detail, 200) or Why.NO_MEANS.value)
    unknown = next((place for place in places if isinstance(place, Unknown)), None)
    if unknown is not None:
        return Unknown(what, f"{unknown.what}: {unknown.why}")
    outside = next((place for place in places if isinstance(place, NotAsked)), None)
    return NotAsked(what, outside.why if outside else "no receiver has such an address")
