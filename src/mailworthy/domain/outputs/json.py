"""Record sets as JSON."""

import msgspec

from mailworthy.domain.recordset import RecordSet


def render_json(sets: tuple[RecordSet, ...], domain: str) -> str:
    """One object: the domain and its record sets in order, reasons included."""
    data = msgspec.json.encode({"domain": domain, "record_sets": sets})
    return msgspec.json.format(data, indent=2).decode() + "\n"
