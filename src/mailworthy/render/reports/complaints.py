"""Complaints for people: how many, about which mailings, and whether that is much."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from mailworthy.render.lines import wrapped
from mailworthy.render.reports.draw import (
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
from mailworthy.reports.answers.complaints import HIGH, WATCH, Complaints, Rate

CHART = 50
MOST = 20


def complaints(answer: Complaints) -> Iterator[str]:
    """Lines."""
    yield from title(", ".join(answer.domains) or "All domains", span(answer.period))
    if not answer.rates:
        yield from nothing("complaints", answer.period, answer.newest)
        return
    rows = [
        (
            each.domain,
            number(each.complaints),
            number(each.messages) if each.messages else "–",
            percent(each.complaints, each.messages),
            _verdict(each),
        )
        for each in answer.rates[:MOST]
    ]
    head = ("domain", "complaints", "own messages", "rate", "")
    yield from table(head, rows, right="<>>><")
    yield from _days(answer)
    yield from _mailings(answer)
    yield ""
    yield from unproven(answer.unproven, "complaint")
    yield from wrapped(
        "Gmail and Yahoo want senders to stay below 0.3 %, and rather below 0.1 %. The messages "
        "are those of aggregate reports, from other receivers than the complaints: a hint.",
        "  ",
    )


def _verdict(each: Rate) -> str:
    if each.rate is None:
        return "no mail was counted"
    return "too many" if each.rate >= HIGH else "watch it" if each.rate >= WATCH else "fine"


def _days(answer: Complaints) -> Iterator[str]:
    counts = Counter[date]()
    for each in answer.days:
        counts[each.day] += each.complaints
    values = daily(counts, min(counts), max(counts))
    yield ""
    yield f"  {spark(values, CHART)}  most {number(max(values))} a day"


def _mailings(answer: Complaints) -> Iterator[str]:
    rows = [
        (
            each.campaign or "(unknown)",
            each.list_id or "–",
            number(each.complaints),
            str(each.last_day),
        )
        for each in answer.mailings[:MOST]
    ]
    yield ""
    yield from table(("campaign", "list", "complaints", "last"), rows, right="<<><")
    if len(answer.mailings) > MOST:
        yield f"  and {len(answer.mailings) - MOST} more"
