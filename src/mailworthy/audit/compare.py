"""A wanted record set beside what is published."""

from collections.abc import Callable

import msgspec

from mailworthy.dkim.record import parse as parse_key
from mailworthy.dkim.record import render as render_key
from mailworthy.dmarc.record import parse as parse_dmarc
from mailworthy.dmarc.record import render as render_dmarc
from mailworthy.domain.recordset import RecordSet
from mailworthy.parsed import Parsed
from mailworthy.spf.record import parse as parse_spf
from mailworthy.spf.record import render as render_spf


class Difference(msgspec.Struct, frozen=True):
    """What is missing, what is there instead (published, wanted), and what is too much."""

    missing: tuple[str, ...] = ()
    changed: tuple[tuple[str, str], ...] = ()
    extra: tuple[str, ...] = ()


def compare(wanted: RecordSet, published: tuple[str, ...]) -> Difference:
    """Compare by meaning: spacing, case and order of tags are no difference.

    In a set that is not exclusive only records of the same kind (the same `v=`) count.
    """
    want = {_canonical(wanted.type, value): value for value in wanted.values}
    have = {_canonical(wanted.type, value): value for value in published}
    missing = [want[key] for key in want if key not in have]
    surplus = [have[key] for key in have if key not in want]
    if not wanted.exclusive:
        kinds = {_kind(value) for value in wanted.values}
        surplus = [value for value in surplus if _kind(value) in kinds]
    changed = tuple(zip(surplus, missing, strict=False))
    return Difference(tuple(missing[len(changed) :]), changed, tuple(surplus[len(changed) :]))


def _kind(value: str) -> str:
    """What a TXT record claims to be: its `v=` word, or the text itself."""
    head = value.split(";", 1)[0].split(" ", 1)[0].strip().lower()
    return head if head.startswith("v=") else value


def _canonical(type_: str, value: str) -> str:
    if type_ == "SOA":
        # Serial and timers change with every publication; the names are what is wanted.
        return " ".join(value.lower().split()[:2])
    if type_ != "TXT":
        return " ".join(value.lower().split())
    kind = _kind(value)
    return _RENDER.get(kind, str)(value)


def _by(
    parse: Callable[[str], Parsed[object]], render: Callable[[object], str]
) -> Callable[[str], str]:
    def canonical(value: str) -> str:
        parsed = parse(value)
        return render(parsed.record) if parsed.record is not None and not parsed.problems else value

    return canonical


_RENDER: dict[str, Callable[[str], str]] = {
    "v=spf1": _by(parse_spf, render_spf),  # type: ignore[arg-type]
    "v=dkim1": _by(parse_key, render_key),  # type: ignore[arg-type]
    "v=dmarc1": _by(parse_dmarc, render_dmarc),  # type: ignore[arg-type]
}
