"""Everything that follows from an intent: pure, writing it is `domain.write`."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from mailworthy.domain.dkimkey import DkimPublic
from mailworthy.domain.intent import Intent
from mailworthy.domain.others import TITLE, others
from mailworthy.domain.records import conflicts, record_sets
from mailworthy.domain.records.merge import Conflict
from mailworthy.domain.records.zone import serial_of
from mailworthy.domain.recordset import Record, RecordSet
from mailworthy.domain.reverse import PtrRequest, ReverseZone, ptr_requests, reverse_zones
from mailworthy.domain.zonefile import render_loose, render_snippet, render_zone
from mailworthy.rdata.soa import parse as parse_soa

REQUESTS = """\
Reverse DNS belongs to whoever holds your addresses, most often the hosting provider. Many have
a field for it in their panel. Where there is none, send what follows. If the address block was
delegated to you, publish the zones in reverse/ instead.
"""


class Generated(msgspec.Struct, frozen=True):
    """Record sets by domain, what others must publish, and reverse DNS both ways."""

    zones: dict[str, tuple[RecordSet, ...]]
    others: tuple[RecordSet, ...]
    reverse: tuple[ReverseZone, ...]
    requests: tuple[PtrRequest, ...]
    conflicts: dict[str, tuple[Conflict, ...]] = {}


def everything(
    intent: Intent,
    *,
    keys: Mapping[str, Mapping[str, DkimPublic]],
    now: datetime,
    foreign: Mapping[str, Iterable[Record]] | None = None,
    tls: Mapping[str, tuple[str, ...]] | None = None,
) -> Generated:
    """All that an intent implies. Arguments as for `records.record_sets`, by domain.

    Foreign records that contradict ours have won in `zones` and are listed in `conflicts`.
    Raises UsageError as `record_sets` does.
    """
    zones: dict[str, tuple[RecordSet, ...]] = {}
    found: dict[str, tuple[Conflict, ...]] = {}
    for domain in intent.domains:
        own_keys = keys.get(domain, {})
        there = tuple((foreign or {}).get(domain, ()))
        zones[domain] = record_sets(intent, domain, keys=own_keys, now=now, foreign=there, tls=tls)
        against = conflicts(intent, domain, keys=own_keys, now=now, foreign=there, tls=tls)
        if against:
            found[domain] = against
    return Generated(
        zones, others(intent), reverse_zones(intent, now=now), ptr_requests(intent), found
    )


def zone_path(domain: str) -> str:
    """The zone file of a domain, relative to the folder that holds everything."""
    return f"{domain}.zone"


def files(
    generated: Generated, *, now: datetime, existing: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The text of every file, by path relative to the folder.

    `existing` holds what lies at those paths: a zone that says the same keeps its serial, and
    another gets a higher one.
    """
    there = existing or {}
    made: dict[str, str] = {}
    for domain, sets in generated.zones.items():
        path = zone_path(domain)
        made[path] = _zone_text(sets, domain, there.get(path), now)
        made[f"{domain}.records"] = render_snippet(sets, domain=domain)
    for zone in generated.reverse:
        path = f"reverse/{zone.name}.zone"
        made[path] = _zone_text(zone.sets, zone.name, there.get(path), now, block=zone.block)
    if generated.others:
        made["others.zone"] = render_loose(generated.others, title=TITLE)
    if generated.requests:
        made["ptr-requests.txt"] = _requests(generated.requests)
    return made


def _zone_text(
    sets: tuple[RecordSet, ...], domain: str, old: str | None, now: datetime, *, block: str = ""
) -> str:
    title = f"Reverse DNS of {block}, if it was delegated to you." if block else ""
    serial = None if old is None else serial_in(old)
    if serial is None:
        return render_zone(sets, domain=domain, title=title)
    same = render_zone(sets, domain=domain, serial=serial, title=title)
    if same == old:
        return same
    return render_zone(sets, domain=domain, serial=serial_of(now, serial), title=title)


def serial_in(text: str) -> int | None:
    """The serial of a zone file that we wrote; None for any other text."""
    for line in text.splitlines()[:100]:
        owner, found, data = line.partition(" IN SOA ")
        if found and owner.startswith("@"):
            soa = parse_soa(data).record
            return None if soa is None else soa.serial
    return None


def _requests(requests: tuple[PtrRequest, ...]) -> str:
    rule = "\n" + "-" * 78 + "\n\n"
    return rule.join([REQUESTS, *(request.text for request in requests)])
