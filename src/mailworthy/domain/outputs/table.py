"""Record sets as a plain table, for forms that are filled in by hand."""

from mailworthy.domain.recordset import RecordSet, Section
from mailworthy.domain.zonefile import relative
from mailworthy.names import printable

_HEAD = ("NAME", "TYPE", "TTL", "VALUE")


def render_table(sets: tuple[RecordSet, ...], domain: str) -> str:
    """Aligned columns without SOA and NS; TXT values unquoted, as web forms want them."""
    wanted = [s for s in sets if s.type not in ("SOA", "NS") and s.section != Section.DELEGATIONS]
    rows = [
        (relative(s.name, domain), s.type, str(s.ttl), printable(value))
        for s in wanted
        for value in s.values
    ]
    widths = [max(map(len, column)) for column in zip(_HEAD, *rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (_HEAD, *rows)
    )
    return "\n".join(lines) + "\n"
