"""What `check` is to look at: domains, and what the folder knows of them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from mailworthy.audit.collect.target import Target
from mailworthy.domain.folder import Folder, has_intent, open_folder
from mailworthy.errors import UsageError
from mailworthy.names import to_ascii
from mailworthy.setup.targets import of_folder
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


def targets(wish: Wish, folder: Folder | None, now: datetime) -> list[Target]:
    """One target a domain, in the order typed; without domains all of the folder's.

    Raises UsageError for a name that is none, and where there is nothing to check.
    """
    names = [_domain(d) for d in wish.domains] or list(folder.intent.domains if folder else ())
    if not names:
        raise UsageError("name a domain, for example: mailworthy check example.com")
    return list(_targets(wish, list(dict.fromkeys(names)), folder, now))


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
