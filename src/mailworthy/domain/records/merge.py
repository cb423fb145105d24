"""Our record sets and what else lives in the zone.

Foreign records are kept as they are. Where one contradicts a record set of ours it stays and
ours is left out, until somebody says yes: then `settled` takes the foreign ones away.
"""

import re
from collections.abc import Iterable
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from mailworthy.domain.recordset import Record, RecordSet, Section
from mailworthy.errors import UsageError
from mailworthy.names import is_within, printable

_VERSION = re.compile(
    r"[ \t]*v[ \t]*=[ \t]*(spf1|dmarc1|tlsrptv1|stsv1|bimi1|dkim1)(?![a-z0-9])", re.I
)
# Where both can be right, the one that is there already stays, and nobody is asked.
_YIELDING = frozenset({Section.CLIENTS, Section.LOGO, Section.BYSTANDERS})


class ConflictKind(StrEnum):
    """How a foreign record stands in the way."""

    ALIAS = "alias"  # a CNAME allows nothing beside it (RFC 2181 §10.1)
    SPF = "spf"
    DMARC = "dmarc"
    DKIM = "dkim"
    POLICY = "policy"  # MTA-STS or TLS-RPT
    VALUES = "values"  # the same name and type with other values


class Conflict(msgspec.Struct, frozen=True):
    """A record set of ours that foreign records contradict."""

    kind: ConflictKind
    ours: RecordSet
    theirs: tuple[Record, ...]

    @property
    def text(self) -> str:
        """One line for people."""
        there = " · ".join(f"{r.type} {printable(r.value, 80)}" for r in self.theirs)
        wanted = " · ".join(printable(value, 80) for value in self.ours.values)
        return f"{self.ours.name}: there is {there}; wanted is {self.ours.type} {wanted}"


def conflicts_between(ours: Iterable[RecordSet], foreign: Iterable[Record]) -> tuple[Conflict, ...]:
    """Everything that somebody must decide."""
    by_name = _by_name(foreign)
    found = (_conflict(s, by_name.get(s.name, [])) for s in ours if s.section not in _YIELDING)
    return tuple(c for c in found if c is not None and not _says_more(c))


def _says_more(conflict: Conflict) -> bool:
    """MX records that name our hosts and further ones: they stay, and nothing is lost."""
    values = {record.value for record in conflict.theirs}
    return conflict.ours.type == "MX" and set(conflict.ours.values) <= values


def settled(foreign: Iterable[Record], conflicts: Iterable[Conflict]) -> tuple[Record, ...]:
    """The foreign records without those of conflicts that were decided for us."""
    gone = {record for conflict in conflicts for record in conflict.theirs}
    return tuple(record for record in foreign if record not in gone)


def merged(
    domain: str, ours: Iterable[RecordSet], foreign: Iterable[Record]
) -> tuple[RecordSet, ...]:
    """All record sets of a zone: ours where nothing contradicts them, then the foreign ones.

    Raises UsageError for a foreign record that lies outside the domain.
    """
    others = [r for r in foreign if not (r.name == domain and r.type == "SOA")]
    for record in others:
        if not is_within(record.name, domain):
            raise UsageError(f"{printable(record.name, 80)} does not lie in {domain}")
    by_name = _by_name(others)
    kept = _united(s for s in ours if _conflict(s, by_name.get(s.name, [])) is None)
    known = {record_key(r) for s in kept for r in s.records}
    left = [r for r in others if record_key(r) not in known]
    ttls = _ttls(others)
    mine = (replace(s, ttl=ttls.get((s.name, s.type), s.ttl)) for s in kept)
    return (*mine, *_grouped(left, ttls))


def record_key(record: Record) -> tuple[str, str, str]:
    """What makes two records the same, whatever their TTL (RFC 2181 §5)."""
    return record.name, record.type, record.value


def _by_name(records: Iterable[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record.name, []).append(record)
    return found


def _united(sets: Iterable[RecordSet]) -> list[RecordSet]:
    """One set for each name, type and comment; equal values once."""
    found: dict[tuple[str, str], RecordSet] = {}
    for item in sets:
        key = (item.name, item.type)
        first = found.setdefault(key, item)
        if first is not item:
            values = tuple(dict.fromkeys([*first.values, *item.values]))
            found[key] = replace(first, values=values)
    return list(found.values())


def _conflict(ours: RecordSet, there: list[Record]) -> Conflict | None:
    aliases = [r for r in there if r.type == "CNAME"]
    if ours.type == "CNAME" or aliases:
        theirs = [r for r in there if (r.type, r.value) != ("CNAME", ours.values[0])]
        theirs = theirs if ours.type == "CNAME" else aliases
        return Conflict(ConflictKind.ALIAS, ours, tuple(theirs)) if theirs else None
    if ours.type == "SOA":
        return None
    theirs = [r for r in there if r.type == ours.type and _comparable(ours, r)]
    if {r.value for r in theirs} <= set(ours.values):
        return None
    return Conflict(_kind(ours), ours, tuple(theirs))


def _comparable(ours: RecordSet, theirs: Record) -> bool:
    """TXT records of several purposes share a name; others of one type are one set."""
    if ours.type != "TXT" or "._domainkey." in ours.name:
        return True
    return _version(theirs.value) == _version(ours.values[0])


def _version(text: str) -> str:
    match = _VERSION.match(text)
    return match[1].lower() if match else ""


def _kind(ours: RecordSet) -> ConflictKind:
    if ours.type != "TXT":
        return ConflictKind.VALUES
    version = _version(ours.values[0])
    if "._domainkey." in ours.name:
        return ConflictKind.DKIM
    return {"spf1": ConflictKind.SPF, "dmarc1": ConflictKind.DMARC}.get(
        version, ConflictKind.POLICY
    )


def _ttls(records: Iterable[Record]) -> dict[tuple[str, str], int]:
    """The TTL of each foreign set: one, for TTLs of a set may not differ (RFC 2181 §5.2)."""
    found: dict[tuple[str, str], int] = {}
    for record in records:
        key = (record.name, record.type)
        found[key] = min(record.ttl, found.get(key, record.ttl))
    return found


def _grouped(records: list[Record], ttls: dict[tuple[str, str], int]) -> tuple[RecordSet, ...]:
    found: dict[tuple[str, str], list[str]] = {}
    for record in records:
        found.setdefault((record.name, record.type), []).append(record.value)
    return tuple(
        RecordSet(
            name=name,
            type=type_,
            values=tuple(dict.fromkeys(values)),
            ttl=ttls[name, type_],
            comment="kept as it was",
            exclusive=type_ != "TXT",
        )
        for (name, type_), values in found.items()
    )
