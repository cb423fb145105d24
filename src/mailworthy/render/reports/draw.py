"""What the texts about reports are drawn with: tables, sparklines, numbers, days."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

import click

from mailworthy.names import harmless
from mailworthy.render.lines import WIDTH, cut, wrapped
from mailworthy.reports.answers.model import Period

LEVELS = "▁▂▃▄▅▆▇█"
LEAST = 8  # columns of the cell that gives way
MARGIN = "  "


def number(count: int) -> str:
    """With a comma between thousands."""
    return f"{count:,}"


def counted(count: int, word: str) -> str:
    """A number and what it counts, in the plural where that is right."""
    return f"{number(count)} {word if count == 1 else word + 's'}"


def percent(part: int, whole: int) -> str:
    """A part of a whole: 100 % and 0 % only if that is exactly so."""
    if not whole:
        return "–"
    found = 100 * part / whole
    if part and found < 0.1:
        return "<0.1 %"
    if part < whole and found > 99.9:
        return ">99.9 %"
    return f"{found:.1f} %".replace(".0 %", " %")


def spark(values: Sequence[int], width: int) -> str:
    """One letter for each value, or for several that lie together; a blank where nothing was."""
    if not values:
        return ""
    size = min(width, len(values))
    edges = [i * len(values) // size for i in range(size + 1)]
    sums = [sum(values[a:b]) for a, b in pairwise(edges)]
    top = max(sums) or 1
    return "".join(LEVELS[(s * len(LEVELS) - 1) // top] if s else " " for s in sums)


def daily(counts: Mapping[date, int], first: date, last: date) -> list[int]:
    """A value for each day, 0 for those without."""
    days = (last - first).days + 1
    return [counts.get(first + timedelta(days=i), 0) for i in range(days)]


def span(period: Period) -> str:
    """A period in words."""
    if period.since is None and period.until is None:
        return "all time"
    if period.since is None:
        return f"until {period.until}"
    return f"{period.since} to {period.until}" if period.until else f"since {period.since}"


def title(*parts: str) -> list[str]:
    """The first line of an answer, bold, between empty lines."""
    line = cut("  ".join(harmless(part) for part in parts if part), WIDTH)
    return ["", click.style(line, bold=True), ""]


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: str = "",
    wide: Sequence[int] = (0,),
) -> Iterator[str]:
    """Columns side by side on at most 80 columns: `right` has a `>` for each that is set to the
    right, the longest of the columns `wide` gives way where there is not enough room."""
    cells = [[harmless(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(head), *cells]) for i in range(len(head))]
    for _ in range(len(MARGIN) * len(head) + sum(widths) - WIDTH):
        longest = max(wide, key=lambda i: widths[i])
        widths[longest] = max(LEAST, widths[longest] - 1)
    yield click.style(_line(head, widths, right), fg="bright_black")
    for row in cells:
        yield _line(row, widths, right)


def _line(cells: Sequence[str], widths: Sequence[int], right: str) -> str:
    parts = []
    for i, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        text = cut(cell, width)
        parts.append(text.rjust(width) if right[i : i + 1] == ">" else text.ljust(width))
    return cut((MARGIN + MARGIN.join(parts)).rstrip(), WIDTH)


def nothing(what: str, period: Period, newest: date | None = None) -> list[str]:
    """That there is nothing in a period, and where to look instead."""
    lines = [f"  No {what}: {span(period)}."]
    if newest is not None:
        lines.append(f"  The newest is of {newest}: see --since, --days or --all-time.")
    return lines


def unproven(count: int, word: str) -> list[str]:
    """How much stands in reports that may be anybody's, in one sentence."""
    if not count:
        return []
    stand = "stands" if count == 1 else "stand"
    text = f"{counted(count, word)} {stand} in reports whose origin is not proven (unproven); "
    return wrapped(f"{text}--proven leaves them out.", MARGIN)
