"""What `check` is to look at: domains, and what the folder knows of them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from mailworthy.audit.collect.target import Target
from mailworthy.domain.folder import Folder, has_intent, open_folder
from mailworthy.domain.records import bystander_names
from mailworthy.domain.recordset import RecordSet
from mailworthy.errors import UsageError
from mailworthy.names import to_ascii


class Wish(msgspec.Struct, frozen=True):
    """What was typed."""

    domains: tuple[str, ...]
    dir: str | None = None
    selectors: tuple[str, ...] = ()
    checkpoint: bool = False
    parked: bool = False


def targets(wish: Wish, now: datetime) -> list[Target]:
    """One target a domain, in the order typed; without domains all of the folder's.

    Raises UsageError for a name that is none, and where there is nothing to check.
    """
    folder = _folder(wish)
    names = [to_ascii(d) for d in wish.domains] or list(folder.intent.domains if folder else ())
    if not names:
        raise UsageError("name a domain, for example: mailworthy check example.com")
    return list(_targets(wish, list(dict.fromkeys(names)), folder, now))


def _folder(wish: Wish) -> Folder | None:
    if wish.dir is not None:
        return open_folder(Path(wish.dir))
    return open_folder(Path()) if has_intent(Path()) else None


def _targets(
    wish: Wish, names: list[str], folder: Folder | None, now: datetime
) -> Iterator[Target]:
    generated = folder.generated(now) if folder else None
    for name in names:
        target = Target(
            domain=name,
            now=now,
            selectors=wish.selectors,
            checkpoint=wish.checkpoint,
            parked=wish.parked,
        )
        if folder and generated and name in folder.intent.domains:
            target = of_folder(folder, target, generated.zones[name])
        yield target


def of_folder(folder: Folder, target: Target, sets: tuple[RecordSet, ...]) -> Target:
    """The same target with what the folder knows of its domain."""
    name = target.domain
    others = bystander_names(
        folder.intent, name, now=target.now, foreign=folder.foreign.get(name, ())
    )
    return msgspec.structs.replace(
        target,
        intent=folder.intent,
        keys={s: key.text for s, key in folder.keys.get(name, {}).items()},
        wanted=tuple(s for s in sets if _is_ours(folder, name, s)),
        bystanders=tuple(n.removesuffix(f".{name}") for n in others) or target.bystanders,
    )


def _is_ours(folder: Folder, domain: str, wanted: RecordSet) -> bool:
    """SOA and NS are compared only where the user named the servers: otherwise the provider's
    stand there, as they should."""
    named = bool(folder.intent.domains[domain].nameservers)
    return named or wanted.type not in ("SOA", "NS") or wanted.name != domain
