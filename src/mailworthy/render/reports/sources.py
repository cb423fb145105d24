"""Sources for people: who sends, how it fares, and what to do about it."""

from collections.abc import Iterator
from datetime import date

import click

from mailworthy.names import harmless
from mailworthy.render.lines import WIDTH, cut, wrapped
from mailworthy.render.reports.draw import (
    counted,
    daily,
    nothing,
    number,
    percent,
    span,
    spark,
    title,
    unproven,
)
from mailworthy.reports.answers.sources import Source, Sources
from mailworthy.sources.signals import Class

MARKS = {
    Class.OWN: ("✓", "green"),
    Class.APPROVED: ("✓", "green"),
    Class.FORWARDER: ("»", "cyan"),
    Class.UNKNOWN: ("?", "yellow"),
    Class.THREAT: ("✗", "red"),
}
FAILING = ("!", "yellow")
BEARABLE = 0.01  # of a good sender's mail may fail: some is always changed on its way
NAME, CHART = 29, 12
INDENT = " " * 4


def sources(answer: Sources) -> Iterator[str]:
    """Lines."""
    totals = answer.totals
    yield from title(answer.domain, span(answer.period), f"p={answer.policy}")
    if not totals.messages:
        yield from nothing("mail was reported", answer.period, answer.newest)
        return
    rate = percent(totals.passed, totals.messages)
    yield f"  {counted(totals.messages, 'message')}, {rate} pass DMARC"
    yield from unproven(sum(each.unproven for each in answer.sources), "message")
    first, last = _reach(answer)
    for each in answer.sources:
        yield from ("", headline(each, first, last))
        yield from _explained(each)
    if answer.others:
        yield from ("", *wrapped(_others(answer), "  "))


def headline(each: Source, first: date, last: date) -> str:
    """One line: the class, the name, messages, how many pass, and the volume by day."""
    mark, colour = _mark(each)
    values = daily({d.day: d.messages for d in each.days}, first, last)
    name = cut(harmless(each.title), NAME).ljust(NAME)
    counts = f"{number(each.messages):>10} {percent(each.passed, each.messages):>7}"
    lead = click.style(f"{mark} {each.class_:<9}", fg=colour, bold=True)
    return f"{lead} {click.style(name, bold=True)} {counts}  {spark(values, CHART)}".rstrip()


def _mark(each: Source) -> tuple[str, str]:
    """A sender of yours whose mail fails is no good news."""
    ours = each.class_ in (Class.OWN, Class.APPROVED)
    return FAILING if ours and each.failed > BEARABLE * each.proven else MARKS[each.class_]


def _explained(each: Source) -> Iterator[str]:
    """What decided, what to do, and since when it has been seen."""
    evidence = each.evidence[0] if each.evidence else "Nothing is known of it."
    yield from wrapped(f"{each.confidence}: {evidence}")
    for sentence in each.todo:
        yield from wrapped(sentence, INDENT + "  ", INDENT + "→ ")
    where = f"  {each.places[0]}" if each.places else ""
    text = f"seen {each.first_day} to {each.last_day}  {each.key}{where}"
    dim = cut(INDENT + harmless(text), WIDTH)
    yield click.style(dim, fg="bright_black")


def _others(answer: Sources) -> str:
    failed = number(answer.others_failed)
    return (
        f"Sources too small to be shown have {counted(answer.others, 'message')} more, of which "
        f"{failed} pass nothing; --limit shows more."
    )


def _reach(answer: Sources) -> tuple[date, date]:
    """The first and last day of the charts, the same for all."""
    days = [d.day for each in answer.sources for d in each.days] or [
        day for each in answer.sources for day in (each.first_day, each.last_day)
    ]
    since, until = answer.period.since, answer.period.until
    first, last = min(days), max(days)
    return (min(since, first) if since else first), (max(until, last) if until else last)
