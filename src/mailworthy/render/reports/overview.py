"""The overview for people: how much mail, how much of it passes, day by day."""

from collections.abc import Iterator
from datetime import date, timedelta

import click

from mailworthy.render.lines import wrapped
from mailworthy.render.reports.draw import (
    counted,
    daily,
    nothing,
    number,
    percent,
    span,
    spark,
    table,
    title,
    unproven,
)
from mailworthy.reports.answers.model import Counts, added
from mailworthy.reports.answers.overview import DayCounts, Overview

LINES = 31  # rows of the table before days are taken together
CHART = 50
DOMAINS = 10


def overview(answer: Overview) -> Iterator[str]:
    """Lines."""
    whose = ", ".join(answer.domains) or "All domains"
    yield from title(whose, span(answer.period))
    if not answer.days:
        yield from nothing("aggregate reports", answer.period, answer.newest)
        return
    yield from _totals(answer)
    yield ""
    yield from _chart(answer)
    yield ""
    yield from _table(answer)
    if len(answer.by_domain) > 1:
        yield ""
        yield from _domains(answer)


def _totals(answer: Overview) -> Iterator[str]:
    t = answer.totals
    rate = percent(t.passed, t.messages)
    colour = "green" if not t.neither else "yellow"
    share = click.style(f"{rate} pass DMARC", fg=colour, bold=True)
    yield f"  {counted(t.messages, 'message')}, {share}"
    yield from wrapped(
        f"both {number(t.both)}, DKIM alone {number(t.dkim_only)}, SPF alone "
        f"{number(t.spf_only)}, neither {number(t.neither)}",
        "  ",
    )
    if stopped := t.quarantined + t.rejected:
        yield from wrapped(
            f"stopped {number(stopped)}: {number(t.rejected)} rejected, "
            f"{number(t.quarantined)} quarantined",
            "  ",
        )
    yield from unproven(answer.unproven, "message")


def _chart(answer: Overview) -> Iterator[str]:
    first, last = answer.days[0].day, answer.days[-1].day
    passed = {d.day: d.counts.passed for d in answer.days}
    failed = {d.day: d.counts.neither for d in answer.days}
    for name, colour, counts in (("pass", "green", passed), ("fail", "red", failed)):
        values = daily(counts, first, last)
        line = click.style(spark(values, CHART).ljust(min(CHART, len(values))), fg=colour)
        yield f"  {name}  {line}  most {number(max(values))} a day"


def _table(answer: Overview) -> Iterator[str]:
    head, groups = _grouped(answer.days)
    rows = [
        (
            name,
            number(c.messages),
            number(c.both),
            number(c.dkim_only),
            number(c.spf_only),
            number(c.neither),
            percent(c.passed, c.messages),
        )
        for name, c in groups
    ]
    names = (head, "messages", "both", "DKIM only", "SPF only", "neither", "pass")
    yield from table(names, rows, right="<>>>>>>")


def _grouped(days: tuple[DayCounts, ...]) -> tuple[str, list[tuple[str, Counts]]]:
    """By day, or else by week or month, so that it fits the screen."""
    reach = (days[-1].day - days[0].day).days + 1
    if reach <= LINES:
        return "day", [(str(d.day), d.counts) for d in reversed(days)]
    weekly = reach <= LINES * 7
    groups: dict[str, list[Counts]] = {}
    for each in days:
        groups.setdefault(_week(each.day) if weekly else f"{each.day:%Y-%m}", []).append(
            each.counts
        )
    summed = [(name, added(parts)) for name, parts in reversed(groups.items())]
    return ("week from" if weekly else "month"), summed


def _week(day: date) -> str:
    """The Monday of a day's week."""
    return str(day - timedelta(days=day.weekday()))


def _domains(answer: Overview) -> Iterator[str]:
    rows = [
        (
            each.domain,
            number(each.counts.messages),
            number(each.counts.neither),
            percent(each.counts.passed, each.counts.messages),
            str(each.last_day),
        )
        for each in answer.by_domain[:DOMAINS]
    ]
    yield from table(("domain", "messages", "neither", "pass", "last"), rows, right="<>>><")
    if more := len(answer.by_domain) - DOMAINS:
        yield from [f"  and {more} more"] if more > 0 else []
