"""What an audit of a folder's domain looks at."""

import msgspec

from mailworthy.audit.collect.target import Target
from mailworthy.domain.folder import Folder
from mailworthy.domain.records import bystander_names
from mailworthy.domain.recordset import RecordSet


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
