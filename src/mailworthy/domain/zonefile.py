"""Record sets as zone text (RFC 1035 §5), with the reasons beside them."""

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from mailworthy.domain.recordset import DEFAULT_TTL, RecordSet, Section
from mailworthy.errors import UsageError
from mailworthy.names import is_within, printable
from mailworthy.rdata.fields import absolute
from mailworthy.rdata.soa import parse, render
from mailworthy.rdata.text import chunks, quote

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_WIDEST = 32  # longer names push their own line only
_RULE = 78


def render_zone(
    sets: Iterable[RecordSet], *, domain: str, serial: int | None = None, title: str = ""
) -> str:
    """A whole zone file for BIND, NSD and others: relative names, a comment for every set.

    `serial` replaces the one in the SOA. Raises UsageError for a value that no zone file can
    hold.
    """
    ours = tuple(sets if serial is None else with_serial(sets, serial))
    ttl = _common_ttl(ours)
    head = [f"; {printable(line)}" for line in (title or f"The zone of {domain}.").splitlines()]
    lines = [*head, f"$ORIGIN {absolute(domain)}", f"$TTL {ttl}"]
    return "\n".join([*lines, *_body(ours, domain, ttl)]) + "\n"


def render_snippet(sets: Iterable[RecordSet], *, domain: str) -> str:
    """The records without SOA and NS, names absolute: to be added to a zone that exists."""
    ours = [s for s in sets if s.type not in ("SOA", "NS") and s.section != Section.DELEGATIONS]
    head = [f"; Records to add to the zone of {domain}. SOA and NS are left as they are."]
    return "\n".join([*head, *_body(ours, None, None)]) + "\n"


def render_loose(sets: Iterable[RecordSet], *, title: str) -> str:
    """Records of many zones, names absolute, without any SOA: what others must publish."""
    head = [f"; {printable(line)}" for line in title.splitlines()]
    return "\n".join([*head, *_body(sets, None, None)]) + "\n"


def with_serial(sets: Iterable[RecordSet], serial: int) -> Iterator[RecordSet]:
    """The same sets with another serial in the SOA."""
    for record_set in sets:
        soa = parse(record_set.values[0]).record if record_set.type == "SOA" else None
        if soa is None:
            yield record_set
        else:
            yield replace(record_set, values=(render(replace(soa, serial=serial)),))


def _common_ttl(sets: tuple[RecordSet, ...]) -> int:
    ttls = [s.ttl for s in sets]
    return max(set(ttls), key=lambda ttl: (ttls.count(ttl), ttl)) if ttls else DEFAULT_TTL


def _body(sets: Iterable[RecordSet], domain: str | None, ttl: int | None) -> Iterator[str]:
    ours = list(sets)
    shown = [relative(s.name, domain) for s in ours]
    width = max([w for w in map(len, shown) if w <= _WIDEST], default=1)
    order = list(Section)
    section, before = None, ""
    for record_set in sorted(ours, key=lambda s: order.index(s.section)):
        if record_set.section is not section:
            section = record_set.section
            yield ""
            yield f"; --- {section} ".ljust(_RULE, "-")
            before = ""
        if (comment := comment_of(record_set)) != before:
            yield comment
        before = comment
        name = relative(record_set.name, domain).ljust(width)
        for value in record_set.values:
            yield _line(name, record_set, value, ttl)


def comment_of(record_set: RecordSet) -> str:
    """The reason and its sources, on one line."""
    sources = f" ({_cited(record_set.references)})" if record_set.references else ""
    assumed = "assumed: " if record_set.assumed else ""
    return f"; {assumed}{_plain(record_set.comment)}{sources}"


def _cited(references: tuple[str, ...]) -> str:
    """Sections of one document are listed behind its name."""
    by_document: dict[str, list[str]] = {}
    for reference in references:
        document, _, place = reference.partition(" §")
        by_document.setdefault(document, []).extend([f"§{place}"] if place else [])
    return ", ".join(
        " ".join([document, ", ".join(places)]).rstrip() for document, places in by_document.items()
    )


def _plain(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def relative(name: str, domain: str | None) -> str:
    """A name as its line in the zone file begins: `@` for the zone itself."""
    if domain is None or not is_within(name, domain):
        return absolute(name)
    return "@" if name == domain else name.removesuffix("." + domain)


def _line(name: str, record_set: RecordSet, value: str, ttl: int | None) -> str:
    shown = "" if record_set.ttl == ttl else f"{record_set.ttl} "
    start = f"{name}  {shown}IN {record_set.type:<5} "
    return start + rdata(record_set.type, value, indent=len(start))


def rdata(type_: str, value: str, *, indent: int = 0) -> str:
    """One value as a zone file writes it; long TXT in strings of 255 octets, one a line.

    Raises UsageError for control characters outside TXT: they would begin another record.
    """
    if type_ not in ("TXT", "SPF"):
        if _CONTROL.search(value):
            raise UsageError(f"{printable(value, 80)} cannot stand in a zone file")
        return value
    parts = chunks(value)
    if len(parts) == 1:
        return quote(value)
    between = "\n" + " " * (indent + 2)
    return f"( {between.join(quote(part) for part in parts)} )"
