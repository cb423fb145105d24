"""What `check` is to look at: domains, and what the folder knows of them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
import msgspec

from mailworthy.audit.collect.target import Target
from mailworthy.domain.folder import Folder, has_intent, open_folder
from mailworthy.errors import UsageError
from mailworthy.names import to_ascii
from mailworthy.servers.reading.model import Server, Unread
from mailworthy.setup.targets import of_folder, with_server
from mailworthy.setup.waivers import check_waivers


class Wish(msgspec.Struct, frozen=True):
    """What was typed."""

    domains: tuple[str, ...]
    dir: str | None = None
    selectors: tuple[str, ...] = ()
    checkpoint: bool = False
    parked: bool = False


def folder_of(wish: Wish) -> Folder | None:
    """The folder that was named, or this one if it is one.

    Raises UsageError for one that is none, and for a waiver of a rule that does not exist.
    """
    if wish.dir is None and not has_intent(Path()):
        return None
    folder = open_folder(Path(wish.dir or ""))
    check_waivers(folder)
    return folder


def targets(
    wish: Wish, folder: Folder | None, now: datetime, server: Server | Unread | None = None
) -> list[Target]:
    """One target a domain, in the order typed; without domains all of the folder's, or those
    that the server's own settings name.

    Raises UsageError for a name that is none, and where there is nothing to check.
    """
    names = [_domain(d) for d in wish.domains] or list(folder.intent.domains if folder else ())
    if not names and isinstance(server, Server):
        names = list(_of_server(server))
    if not names:
        raise UsageError("name a domain, for example: mailworthy check example.com")
    found = list(_targets(wish, list(dict.fromkeys(names)), folder, now))
    return [with_server(target, server, first=n == 0) for n, target in enumerate(found)]


def _of_server(server: Server) -> tuple[str, ...]:
    """The domains of the server, which are said aloud: nobody typed them."""
    if server.domains:
        shown = ", ".join(server.domains[:10])
        more = f" and {len(server.domains) - 10} more" if len(server.domains) > 10 else ""
        click.echo(f"mailworthy: domains by {server.where}'s own settings: {shown}{more}", err=True)
        return server.domains
    why = f": {server.postfix.why}" if isinstance(server.postfix, Unread) else ""
    raise UsageError(f"the settings of {server.where} name no domain{why}; name one yourself")


def _domain(typed: str) -> str:
    name = to_ascii(typed)
    if name.rpartition(".")[2].isdigit():
        raise UsageError(f"{name} is an address; check takes the domain behind the @")
    return name


def _targets(
    wish: Wish, names: list[str], folder: Folder | None, now: datetime
) -> Iterator[Target]:
    generated = folder.generated(now) if folder else None
    for name in names:
        target = Target(
            domain=name,
            now=now,
            selectors=tuple(map(to_ascii, wish.selectors)),
            checkpoint=wish.checkpoint,
            parked=wish.parked,
        )
        if folder and generated and name in folder.intent.domains:
            target = of_folder(folder, target, generated.zones[name])
        yield target
