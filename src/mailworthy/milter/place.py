"""Where a milter listens: sockets of its own, or those that systemd hands over."""

import errno
import os
import re
import shutil
import socket
import stat
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address

import msgspec

from mailworthy.errors import UsageError
from mailworthy.names import printable

_FIRST_HANDED = 3  # sd_listen_fds(3)
_MOST_HANDED = 64
BACKLOG = 1024  # connections that wait until they are taken


class Kind(StrEnum):
    """The kinds of places."""

    INET = "inet"
    UNIX = "unix"
    SYSTEMD = "systemd"


class Place(msgspec.Struct, frozen=True):
    """An address with a port, a path, or neither."""

    kind: Kind
    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        if self.kind is Kind.UNIX:
            return f"unix:{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"inet:{host}:{self.port}" if self.kind is Kind.INET else "systemd"


def parse(text: str) -> Place:
    """`inet:ADDRESS:PORT` or `inet:PORT@ADDRESS`, `unix:PATH` or `local:PATH`, `systemd`.

    Raises UsageError for anything else.
    """
    kind, _, rest = text.partition(":")
    if text == "systemd":
        return Place(Kind.SYSTEMD)
    if kind in ("unix", "local") and rest.startswith("/"):
        return Place(Kind.UNIX, path=rest)
    host, port = _host_and_port(rest) if kind == "inet" else ("", "")
    try:
        found = str(ip_address(host.strip("[]")))
    except ValueError:
        found = ""
    if not found or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        shown = printable(text, 80)
        raise UsageError(f"{shown} is no place to listen: inet:ADDRESS:PORT, unix:/PATH, systemd")
    return Place(Kind.INET, found, int(port))


def metrics(text: str) -> tuple[str, int] | None:
    """`ADDRESS:PORT` of a page for Prometheus; None for an empty text. Raises UsageError."""
    if not text:
        return None
    try:
        found = parse(f"inet:{text}")
    except UsageError:
        raise UsageError(f"metrics: {printable(text, 80)} is not ADDRESS:PORT") from None
    return found.host, found.port


def _host_and_port(rest: str) -> tuple[str, str]:
    if "@" in rest:
        port, _, host = rest.partition("@")
    else:
        host, _, port = rest.rpartition(":")
    return host, port


def sockets(
    place: Place, *, mode: int, group: str = "", environment: Mapping[str, str]
) -> list[socket.socket]:
    """Listen there. Raises UsageError where that is impossible."""
    try:
        if place.kind is Kind.SYSTEMD:
            return _handed_over(environment)
        return [_inet(place) if place.kind is Kind.INET else _unix(place.path, mode, group)]
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(f"cannot listen on {place}: {why}{_help(error.errno)}") from None


def _help(number: int | None) -> str:
    """What to do about it."""
    if number == errno.EADDRINUSE:
        return " (`ss -lntp` tells who listens there)"
    if number in (errno.EACCES, errno.EPERM):
        return " (ports below 1024 and others' folders need root, or a socket from systemd)"
    return ""


def _inet(place: Place) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((place.host, place.port))
        made.listen(BACKLOG)
    except OSError:
        made.close()
        raise
    return made


def _unix(path: str, mode: int, group: str) -> socket.socket:
    """Nobody gets in before mode and group are set."""
    _clear(path)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    old = os.umask(0o177)
    try:
        made.bind(path)
        if group:
            shutil.chown(path, group=group)
        os.chmod(path, mode)
        made.listen(BACKLOG)
    except LookupError:
        made.close()
        raise UsageError(f"there is no group {printable(group, 60)}") from None
    except OSError:
        made.close()
        raise
    finally:
        os.umask(old)
    return made


def _clear(path: str) -> None:
    """Take out a socket on which nobody listens any more."""
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            raise UsageError(f"{printable(path, 200)} is there and is no socket")
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        if probe.connect_ex(path) in (errno.ECONNREFUSED, errno.ENOENT):
            os.unlink(path)
            return
    raise UsageError(f"somebody listens on {printable(path, 200)} already")


def _handed_over(environment: Mapping[str, str]) -> list[socket.socket]:
    """The sockets of LISTEN_FDS, if they are for this process."""
    count = environment.get("LISTEN_FDS", "")
    ours = environment.get("LISTEN_PID") == str(os.getpid())
    if not ours or not re.fullmatch(r"[0-9]{1,2}", count) or not 0 < int(count) <= _MOST_HANDED:
        raise UsageError("systemd has handed over no sockets: start the .socket unit")
    found = [socket.socket(fileno=_FIRST_HANDED + i) for i in range(int(count))]
    for each in found:
        os.set_inheritable(each.fileno(), False)
    return found


def clean_up(place: Place) -> None:
    """Take a socket out of the file system."""
    if place.kind is Kind.UNIX and os.path.exists(place.path):
        os.unlink(place.path)
