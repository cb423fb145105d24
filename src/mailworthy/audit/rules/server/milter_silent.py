"""The milter that Postfix asks is not there.

## What it checks
Where `smtpd_milters` names a port of this machine, something listens there. A socket (`unix:`) is there, a
program listens at it, and Postfix's user may write to it. Its path counts from the queue directory where the
service has that as its root (`chroot` in master.cf), and where it is relative.

## Why it matters
With `milter_default_action = tempfail` no mail comes in and none goes out; with `accept` nothing is judged
or signed.

## How to fix
Start Rspamd, or name the port on which its proxy worker listens (11332 unless it was changed).
For a socket: have it made where Postfix looks, and put Postfix's user into its group.
"""

import shlex
from collections.abc import Iterator

from mailworthy.audit.finding import Execute, Found, Remedy, Severity
from mailworthy.audit.healthyserver import served
from mailworthy.audit.rule import rule
from mailworthy.audit.rules.server._milters import sockets
from mailworthy.audit.rules.server._shared import RELOAD, assign, named, noted, short, show
from mailworthy.servers.reading.model import (
    KeyState,
    MilterSocket,
    OpenDkim,
    Postfix,
    Rspamd,
    Server,
    Service,
)
from mailworthy.servers.reading.places import asked, asks_opendkim, asks_rspamd, path_for


@rule(
    over="postfixes",
    severity=Severity.BLOCKER,
    references=("RFC 5321 §4.5.4.1",),
    bad=served(main=("smtpd_milters = inet:127.0.0.1:8891",)),
    good=served(),
)
def check(postfix: Postfix, server: Server) -> Iterator[Found]:
    for service in postfix.public[:1]:
        yield from _ports(postfix, server, service)
        yield from _paths(postfix, server, service)


def _ports(postfix: Postfix, server: Server, service: Service) -> Iterator[Found]:
    for each in sockets(postfix.value("smtpd_milters", service)):
        if not isinstance(server.listening, tuple) or not each.local:
            continue
        if not each.answers(server.listening):
            yield Found(
                subject=named(postfix),
                message=f"Postfix asks a milter at {short(each.text)}, where nothing listens",
                evidence=(
                    *show(postfix, "smtpd_milters", service=service),
                    noted("ss -ltn", f"no line with :{each.port}"),
                ),
                remedy=_mended(postfix, server, service, each.text),
            )


def _paths(postfix: Postfix, server: Server, service: Service) -> Iterator[Found]:
    found = {each.path: each for each in server.sockets}
    for place in asked(postfix.value("smtpd_milters", service)):
        socket = found.get(path_for(postfix, service, place.path)) if place.path else None
        fault = _fault(socket) if socket else None
        if socket is None or fault is None:
            continue
        why, command, said = fault
        denied = socket.heard and socket.opens is False
        yield Found(
            subject=named(postfix),
            message=f"Postfix asks a milter at {short(place.text)}: {why}",
            evidence=(
                *show(postfix, "smtpd_milters", service=service),
                noted(f"{command} {shlex.quote(socket.path)}", said),
            ),
            remedy=_let_in(postfix, socket)
            if denied
            else _mended(postfix, server, service, place.text),
        )


def _fault(socket: MilterSocket) -> tuple[str, str, str] | None:
    """What is wrong with a socket, and how one sees it; None where nothing is known to be."""
    path = short(socket.path)
    if socket.state is KeyState.MISSING:
        return f"{path} is not there", "ls -l", "No such file or directory"
    if socket.state is KeyState.UNUSABLE:
        return f"{path} is no socket", "ls -l", "no line that begins with s"
    if socket.heard is False:
        return f"nothing listens at {path}", "ss -lxn src", "no line"
    if socket.opens is False:
        return f"Postfix may not write to {path}", "ls -l", f"group {socket.group}"
    return None


def _let_in(postfix: Postfix, socket: MilterSocket) -> Remedy:
    """Postfix's user joins the group of the socket."""
    owner = postfix.value("mail_owner") or "postfix"
    command = f"usermod -aG {shlex.quote(short(socket.group, 64))} {shlex.quote(short(owner, 64))}"
    note = "the group has to be able to write to the socket, and to enter its folder"
    return Remedy((Execute(command),), f"{note}; then: systemctl restart postfix")


def _mended(postfix: Postfix, server: Server, service: Service, milter: str) -> Remedy:
    """The port of the milter that is there, or else start it."""
    listening = server.listening if isinstance(server.listening, tuple) else ()
    ports = [p for p in _usual(server) if any(each.port == p for each in listening)]
    if not ports:
        signer = isinstance(server.opendkim, OpenDkim) and server.opendkim.signs
        asks = signer and asks_opendkim(server) and not asks_rspamd(server)
        return Remedy((Execute(f"systemctl enable --now {'opendkim' if asks else 'rspamd'}"),))
    value = postfix.value("smtpd_milters", service).replace(milter, f"inet:127.0.0.1:{ports[0]}")
    return Remedy((assign(postfix, "smtpd_milters", value, service),), RELOAD)


def _usual(server: Server) -> list[int]:
    """The ports at which Rspamd speaks to Postfix."""
    places = server.rspamd.milters if isinstance(server.rspamd, Rspamd) else ()
    ports = (place.rpartition(":")[2] for place in places)
    return [int(port) for port in ports if port.isascii() and port.isdigit() and len(port) < 6]
