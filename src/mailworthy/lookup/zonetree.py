"""The tree of names that zone records make, and one step of looking a name up in it."""

from collections.abc import Iterable

import msgspec

from mailworthy.lookup.nametext import absolute
from mailworthy.lookup.zonetext import ZoneRecord
from mailworthy.names import ancestors, labels, parent

Node = dict[str, list[ZoneRecord]]  # the records of one name by type


class Found(msgspec.Struct):
    """What one step found at `name`: records, an alias to follow, or the lack of both."""

    name: str
    zone: str | None  # the SOA owner, None for a name in no zone of these
    ttl: int
    records: tuple[ZoneRecord, ...] = ()
    alias: str | None = None
    exists: bool = True


class Tree:
    """Records by name, with the zone cuts and empty non-terminals that they imply."""

    def __init__(self, records: Iterable[ZoneRecord]) -> None:
        self._nodes: dict[str, Node] = {}
        for record in records:
            self._nodes.setdefault(record.name, {}).setdefault(record.type, []).append(record)
        self._apexes = {name for name, node in self._nodes.items() if "SOA" in node}
        # Names that exist in some zone. Outside of all zones nothing is implied: what stands
        # below a name says nothing about that name.
        self._inside: set[str] = set()
        for name in self._nodes:
            if self.zone_of(name) is None:
                continue
            for above in ancestors(name) or ["."]:
                if above in self._inside:
                    break
                self._inside.add(above)

    def zone_of(self, name: str) -> str | None:
        """The deepest SOA owner at or above a name."""
        if not self._apexes:
            return None
        for above in [*ancestors(name), "."]:
            if above in self._apexes:
                return above
        return None

    def find(self, name: str, type_: str) -> Found | None:
        """One step of RFC 1034 §4.3.2; None if these records say nothing about the name."""
        at_apex = type_ == "DS" and name in self._apexes
        # The parent answers for DS (RFC 4035 §3.1.4.1).
        zone = self.zone_of(parent(name)) if at_apex and name != "." else self.zone_of(name)
        if zone is None:
            known = not at_apex and name in self._nodes
            return self._at(name, name, None, type_) if known else None
        for above in self._path(zone, name):
            node = self._nodes.get(above, {})
            if "NS" in node and above != zone and not (above == name and type_ == "DS"):
                return None
            if "DNAME" in node and above != name:
                return self._redirected(name, above, zone, type_)
        if name in self._inside:
            return self._at(name, name, zone, type_)
        return self._synthesized(name, zone, type_)

    @staticmethod
    def _path(zone: str, name: str) -> list[str]:
        """The names from a zone's apex down to `name`."""
        above = [*ancestors(name), "."]
        return above[above.index(zone) :: -1]

    def _at(self, name: str, source: str, zone: str | None, type_: str) -> Found | None:
        """The answer from the node `source` for `name` (the same, or a wildcard above it)."""
        node = self._nodes.get(source, {})
        if type_ in node:
            records = tuple(node[type_])
            return Found(name, zone, min(r.ttl for r in records), records)
        if "CNAME" in node:
            alias = min(node["CNAME"], key=lambda record: record.value)
            return Found(name, zone, alias.ttl, alias=_target(alias))
        return Found(name, zone, self._negative_ttl(zone))

    def _redirected(self, name: str, owner: str, zone: str, type_: str) -> Found:
        """RFC 6672 §3.1: a CNAME is made that moves what lies below the DNAME's owner."""
        record = min(self._nodes[owner]["DNAME"], key=lambda r: r.value)
        kept = labels(name)[: len(labels(name)) - len(labels(owner))]
        target = _target(record)
        alias = ".".join([*kept, target]) if target != "." else ".".join(kept)
        if type_ == "CNAME":
            made = ZoneRecord(name, type_, absolute(alias), record.ttl, line=record.line)
            return Found(name, zone, record.ttl, (made,))
        return Found(name, zone, record.ttl, alias=alias)

    def _synthesized(self, name: str, zone: str, type_: str) -> Found | None:
        """RFC 4592 §3.3.1: only the wildcard at the closest encloser counts."""
        encloser = next(a for a in [*ancestors(name)[1:], "."] if a in self._inside or a == zone)
        source = "*" if encloser == "." else f"*.{encloser}"
        if source not in self._inside:
            return Found(name, zone, self._negative_ttl(zone), exists=False)
        if "NS" in self._nodes.get(source, {}):
            return None
        return self._at(name, source, zone, type_)

    def _negative_ttl(self, zone: str | None) -> int:
        """RFC 2308 §5: the lesser of the SOA's TTL and its minimum."""
        if zone is None:
            return 0
        soa = self._nodes[zone]["SOA"][0]
        return min(soa.ttl, int(soa.value.rpartition(" ")[2]))


def _target(record: ZoneRecord) -> str:
    return record.value if record.value == "." else record.value[:-1]
