"""A zone's record sets in the forms that people and other programs want."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from mailworthy.domain.outputs.json import render_json
from mailworthy.domain.outputs.octodns import render_octodns
from mailworthy.domain.outputs.table import render_table
from mailworthy.domain.records.zone import REPLACE
from mailworthy.domain.recordset import RecordSet
from mailworthy.domain.zonefile import render_snippet, render_zone

Output: TypeAlias = Callable[[tuple[RecordSet, ...], str], str]


def published(sets: tuple[RecordSet, ...], domain: str) -> tuple[RecordSet, ...]:
    """The record sets without SOA and NS where the name servers are stand-ins.

    A person who reads a zone file sees that they are to be replaced; a program would publish them.
    """
    apex = [s for s in sets if s.name == domain and s.type in ("SOA", "NS")]
    stands_in = any(s.type == "NS" and s.comment == REPLACE for s in apex)
    return tuple(s for s in sets if s not in apex) if stands_in else sets


def _octodns(sets: tuple[RecordSet, ...], domain: str) -> str:
    return render_octodns(published(sets, domain), domain)


def _json(sets: tuple[RecordSet, ...], domain: str) -> str:
    return render_json(published(sets, domain), domain)


def _bind(sets: tuple[RecordSet, ...], domain: str) -> str:
    return render_zone(sets, domain=domain)


def _records(sets: tuple[RecordSet, ...], domain: str) -> str:
    return render_snippet(sets, domain=domain)


OUTPUTS: Mapping[str, Output] = {
    "bind": _bind,
    "records": _records,
    "octodns": _octodns,
    "table": render_table,
    "json": _json,
}
