"""What an audit of a folder's domain looks at."""

import msgspec

from mailworthy.audit.collect.server import signing_keys
from mailworthy.audit.collect.target import Target
from mailworthy.domain.folder import Folder
from mailworthy.domain.records import bystander_names
from mailworthy.domain.recordset import RecordSet
from mailworthy.servers.reading.model import Server, Unread


def of_folder(folder: Folder, target: Target, sets: tuple[RecordSet, ...]) -> Target:
    """The same target with what the folder knows of its domain."""
    name = target.domain
    others = bystander_names(
        folder.intent, name, now=target.now, foreign=folder.foreign.get(name, ())
    )
    closed = tuple(n.removesuffix(f".{name}") for n in others)
    said = folder.intent.domains[name].no_mail is not None
    return msgspec.structs.replace(
        target,
        intent=folder.intent,
        keys={s: key.text for s, key in folder.keys.get(name, {}).items()},
        wanted=tuple(s for s in sets if _is_ours(folder, name, s)),
        bystanders=closed if said or closed else target.bystanders,
    )


def _is_ours(folder: Folder, domain: str, wanted: RecordSet) -> bool:
    """SOA and NS are compared only where the user named the servers: otherwise the provider's
    stand there, as they should."""
    named = bool(folder.intent.domains[domain].nameservers)
    return named or wanted.type not in ("SOA", "NS") or wanted.name != domain


def with_server(target: Target, server: Server | Unread | None, *, first: bool) -> Target:
    """The same target with what was read of its server.

    Where nothing else tells the DKIM selectors, those that the server signs with do.
    """
    if server is None:
        return target
    selectors = target.selectors
    if isinstance(server, Server) and not target.known_selectors:
        names = (key.selector for _, _, key in signing_keys(server, target.domain))
        selectors = tuple(dict.fromkeys(names))
    return msgspec.structs.replace(target, server=server, first=first, selectors=selectors)
