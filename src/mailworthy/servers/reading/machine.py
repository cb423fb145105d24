"""What a Linux machine says of itself: `ip -j`, `ss`, `hostname`. Nothing here raises."""

from typing import Any

import msgspec

from mailworthy.rdata.address import Kind, canonical, kind
from mailworthy.servers.reading.model import Listener

_LEAVES = (Kind.LOOPBACK, Kind.LINK_LOCAL, Kind.MULTICAST)


def decoded(text: str) -> Any:
    """A JSON text, None if it is none."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None


def members(value: Any) -> list[dict[str, Any]]:
    """The objects of a JSON array, whatever else is in it."""
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def addresses(text: str) -> tuple[str, ...]:
    """The addresses of the interfaces (`ip -j addr`) but for loopback and link-local ones;
    temporary and deprecated IPv6 addresses come last."""
    found: dict[str, bool] = {}
    for interface in members(decoded(text)):
        for each in members(interface.get("addr_info")):
            ip = canonical(str(each.get("local", "")))
            if ip and kind(ip) not in _LEAVES:
                found[ip] = bool(each.get("temporary") or each.get("deprecated"))
    return tuple(sorted(found, key=lambda ip: found[ip]))


def source(text: str) -> str:
    """The address that `ip -j route get` says packets leave from; empty if it says none."""
    for each in members(decoded(text)):
        ip = canonical(str(each.get("prefsrc", "")))
        if ip and kind(ip) not in _LEAVES:
            return ip
    return ""


def listeners(text: str) -> tuple[Listener, ...]:
    """The addresses and ports of `ss -ltnH`."""
    found: dict[Listener, None] = {}
    for line in text.splitlines()[:5000]:
        words = line.split()
        host, _, port = words[3].rpartition(":") if len(words) > 3 else ("", "", "")
        if port.isascii() and port.isdigit() and len(port) <= 5:
            place = host.partition("%")[0].strip("[]")
            found[Listener(place or "*", int(port))] = None
    return tuple(found)


def full_name(text: str) -> str:
    """The first word of `hostname`."""
    return (text.split() or [""])[0][:253].lower()
