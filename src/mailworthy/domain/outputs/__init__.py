"""A zone's record sets in the forms that people and other programs want."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from mailworthy.domain.outputs.json import render_json
from mailworthy.domain.outputs.octodns import render_octodns
from mailworthy.domain.outputs.table import render_table
from mailworthy.domain.recordset import RecordSet
from mailworthy.domain.zonefile import render_snippet, render_zone

Output: TypeAlias = Callable[[tuple[RecordSet, ...], str], str]


def _bind(sets: tuple[RecordSet, ...], domain: str) -> str:
    return render_zone(sets, domain=domain)


def _records(sets: tuple[RecordSet, ...], domain: str) -> str:
    return render_snippet(sets, domain=domain)


OUTPUTS: Mapping[str, Output] = {
    "bind": _bind,
    "records": _records,
    "octodns": render_octodns,
    "table": render_table,
    "json": render_json,
}
