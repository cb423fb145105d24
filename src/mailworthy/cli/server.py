"""The options that have a mail server looked at, and the look itself."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click
import msgspec

from mailworthy.cli.rootless import line

F = TypeVar("F", bound=Callable[..., Any])


class Look(msgspec.Struct, frozen=True):
    """What was typed; `ssh_option` are `NAME=VALUE` as ssh_config has them."""

    server: bool = False
    ssh: str | None = None
    ssh_option: tuple[str, ...] = ()
    postfix_dir: str = ""
    rspamd_dir: str = ""

    @property
    def asked(self) -> bool:
        """Whether there is a server to look at."""
        return self.server or self.ssh is not None


OPTIONS = (
    click.option(
        "--server",
        is_flag=True,
        help="Read this host too: Postfix, Rspamd, keys, certificates, addresses.",
    ),
    click.option("--ssh", metavar="HOST", help="Read HOST so, over the system's ssh."),
    click.option(
        "--ssh-option",
        multiple=True,
        metavar="NAME=VALUE",
        help="Passed on to ssh as -o; repeatable.",
    ),
    click.option(
        "--postfix-dir",
        default="",
        metavar="DIR",
        help="Postfix's configuration, where it is not the default one.",
    ),
    click.option(
        "--rspamd-dir",
        default="",
        metavar="DIR",
        help="Rspamd's local.d and override.d, where they are not in /etc/rspamd.",
    ),
)


def looking(function: F) -> F:
    """The options, given to the command as they are."""
    for option in reversed(OPTIONS):
        function = option(function)
    return function


def taken(how: dict[str, Any]) -> Look:
    """The look that these options ask for; takes them out."""
    return Look(**{name: how.pop(name) for name in Look.__struct_fields__})


def consulted(look: Look, resolver: Any, domains: Sequence[str] = ()) -> Any:
    """What the server says: now, or as it said when the run was recorded; None if nobody asks.

    A recording keeps it. What takes root is said, with the command for `domains`. Raises UsageError where the look makes no sense or ssh gets nowhere.
    """
    from mailworthy.errors import UsageError
    from mailworthy.lookup.model import Inspect, Inspected, Status
    from mailworthy.lookup.replay import Replay
    from mailworthy.servers.reading.model import Server, Unread

    inner = getattr(resolver, "resolver", resolver)  # a recorder asks another
    if isinstance(inner, Replay):
        if inner.instant(Inspect()).status is Status.FAILED:
            gap = Unread("the server itself", "not in the recording")
            return gap if look.asked else None
        return _decoded(resolver.instant(Inspect()).found)
    if not look.asked:
        if look.ssh_option or look.postfix_dir or look.rspamd_dir:
            option, other = _lacking(look)
            raise UsageError(f"{option} goes with {other}")
        return None
    read = _read(look)
    if said := line(read, look, domains):
        click.echo(f"mailworthy: {said}", err=True)
    found: dict[str, Any] = msgspec.to_builtins(read)
    if hasattr(resolver, "note"):
        resolver.note(Inspected(Inspect(), Status.FOUND, found=found))
    return msgspec.convert(found, Server)


def _lacking(look: Look) -> tuple[str, str]:
    """An option that was given, and the one that it needs."""
    if look.ssh_option:
        return "--ssh-option", "--ssh HOST"
    option = "--postfix-dir" if look.postfix_dir else "--rspamd-dir"
    return option, "--server or --ssh HOST"


def _decoded(found: dict[str, Any]) -> Any:
    from mailworthy.errors import UsageError
    from mailworthy.servers.reading.model import Server

    try:
        return msgspec.convert(found, Server)
    except msgspec.ValidationError as error:
        raise UsageError(f"the server in the recording cannot be read: {error}") from None


def _read(look: Look) -> Any:
    from mailworthy.errors import UsageError
    from mailworthy.probe.host import Local, Places, Ssh, read_server

    if look.ssh is None and look.ssh_option:
        raise UsageError("--ssh-option goes with --ssh HOST")
    odd = [option for option in look.ssh_option if not option.partition("=")[1]]
    if odd:
        raise UsageError(f"--ssh-option {odd[0]!r} is not NAME=VALUE")
    reach = Local() if look.ssh is None else Ssh(look.ssh, look.ssh_option)
    return read_server(reach, Places(look.postfix_dir, look.rspamd_dir))
