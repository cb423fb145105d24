"""Where milters are: as Postfix asks for them, and as Rspamd and OpenDKIM say where they wait.

Nothing here raises for any text.
"""

import posixpath
from collections.abc import Iterable, Iterator

import msgspec

from mailworthy.rdata.address import address
from mailworthy.servers.reading.model import OpenDkim, Postfix, Server, Service, Unread
from mailworthy.servers.reading.postfix import words

LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "ip6-localhost"})
EVERY = frozenset({"*", "0.0.0.0", "::", ""})
_SETTINGS = ("smtpd_milters", "non_smtpd_milters")


class Place(msgspec.Struct, frozen=True):
    """A TCP port of a host, or the path of a UNIX socket. `text` is how it was written."""

    text: str
    host: str = ""
    port: int = 0
    path: str = ""


def asked(value: str) -> Iterator[Place]:
    """The milters of a list of Postfix: `inet:host:port` or `unix:path`, also in braces."""
    for item in words(value.replace("{", " ").replace("}", " ")):
        kind, _, rest = item.partition(":")
        host, _, port = rest.rpartition(":")
        if kind in ("inet", "inet6") and (number := _port(port)):
            yield Place(item, host.strip("[]").lower(), number)
        elif kind == "unix" and rest:
            yield Place(item, path=rest)


def of_rspamd(text: str) -> Place | None:
    """A `bind_socket`: `host:port`, or a path with settings behind it."""
    place = (text.split() or [""])[0]
    if place.startswith(("/", "unix:")):
        return Place(text, path=place.removeprefix("unix:"))
    host, _, port = place.rpartition(":")
    return Place(text, host.strip("[]").lower(), number) if (number := _port(port)) else None


def of_opendkim(text: str) -> Place | None:
    """A `Socket`: `inet:port@host`, `inet:port` on every address, `local:path` or a path."""
    kind, colon, rest = text.partition(":")
    if not colon or kind in ("local", "unix"):
        path = rest if colon else text
        return Place(text, path=path) if path.startswith("/") else None
    port, _, host = rest.partition("@")
    return Place(text, host.strip("[]").lower(), number) if (number := _port(port)) else None


def _port(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def asks(server: Server, there: Iterable[Place | None]) -> bool:
    """Whether some service of Postfix asks a milter that waits at one of these places."""
    if isinstance(server.postfix, Unread):
        return True
    places = [place for place in there if place]
    postfix, values = server.postfix, _values(server.postfix)
    own = server.addresses if isinstance(server.addresses, tuple) else ()
    return any(
        _same(one, other, postfix, own) for one in asked(" ".join(values)) for other in places
    )


def asks_rspamd(server: Server) -> bool:
    """Whether Postfix asks one of the milters that Rspamd has, as far as is known."""
    if isinstance(server.rspamd, Unread):
        return True
    return asks(server, map(of_rspamd, server.rspamd.milters))


def asks_opendkim(server: Server) -> bool:
    """Whether Postfix asks OpenDKIM, as far as is known: its socket may stand elsewhere."""
    found = server.opendkim
    if not isinstance(found, OpenDkim):
        return False
    return not found.socket or asks(server, [of_opendkim(found.socket)])


def _values(postfix: Postfix) -> Iterator[str]:
    for name in _SETTINGS:
        yield postfix.value(name)
        yield from (s.options[name] for s in postfix.services if name in s.options)


def _same(one: Place, other: Place, postfix: Postfix, own: tuple[str, ...]) -> bool:
    if one.path or other.path:
        return bool(one.path) and other.path in files(one.path, postfix)
    return one.port == other.port and _meets(one.host, other.host, own)


def _meets(asked_at: str, waits_at: str, own: tuple[str, ...]) -> bool:
    """Whether who asks at one host comes to who waits at the other."""
    if asked_at == waits_at or (asked_at in LOCAL and waits_at in LOCAL):
        return True
    named = address(asked_at) is None
    here = asked_at in LOCAL or asked_at in own or named
    return here and (waits_at in EVERY or (waits_at in own and named))


def path_for(postfix: Postfix, service: Service, path: str) -> str:
    """The path that a service opens for `unix:path`: below the queue directory where that is its
    root (chroot), and where the path is relative."""
    as_it_stands = path.startswith("/") and not service.chroot
    return posixpath.normpath(path) if as_it_stands else _below(postfix, path)


def _below(postfix: Postfix, path: str) -> str:
    folder = postfix.value("queue_directory") or "/var/spool/postfix"
    return posixpath.normpath(f"{folder}/{path}")


def files(path: str, postfix: Postfix) -> tuple[str, ...]:
    """The paths that `unix:path` may mean: below the queue directory where the service has its
    root there (chroot) or the path is relative, else as it stands."""
    below = _below(postfix, path)
    return (posixpath.normpath(path), below) if path.startswith("/") else (below,)
