"""TLS reports for people: how many sessions were encrypted, and which were not."""

from collections import Counter
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
    table,
    title,
    unproven,
)
from mailworthy.reports.answers.tls import Failure, Tls

CHART = 50


def tls(answer: Tls) -> Iterator[str]:
    """Lines."""
    yield from title(", ".join(answer.domains) or "All domains", span(answer.period))
    if not answer.days:
        yield from nothing("TLS reports", answer.period, answer.newest)
        return
    yield from _totals(answer)
    yield from unproven(answer.unproven, "session")
    for each in answer.failures:
        yield ""
        yield from _failure(each)
    if answer.found:
        yield from ("", "  What is found of it today")
    for rule, message in answer.found.items():
        yield from wrapped(f"{rule}: {message}", " " * 6, " " * 4)


def _totals(answer: Tls) -> Iterator[str]:
    good, bad = Counter[str](), Counter[str]()
    failed = Counter[date]()
    for each in answer.days:
        good[each.type] += each.successful
        bad[each.type] += each.failed
        failed[each.day] += each.failed
    rows = [
        (name, number(good[name]), number(bad[name]), percent(good[name], good[name] + bad[name]))
        for name in sorted(good)
    ]
    yield from table(("policy", "encrypted", "failed", ""), rows, right="<>>>")
    if any(failed.values()):
        values = daily(failed, min(failed), max(failed))
        line = click.style(spark(values, CHART), fg="red")
        yield from ("", f"  failed  {line}  most {number(max(values))} a day")


def _failure(each: Failure) -> Iterator[str]:
    mark = click.style("✗", fg="red", bold=True)
    lead = f"{each.result_type}  {counted(each.sessions, 'session')}  {each.mx or each.domain}"
    yield f"  {mark} {cut(harmless(lead), WIDTH - 4)}"
    yield from wrapped(each.says)
    yield from wrapped(each.todo.replace("<domain>", each.domain), " " * 6, "    → ")
    if each.rules is not None:
        found = ", ".join(each.rules) or "nothing of it is found today"
        yield from wrapped(f"mailworthy check: {found}")
    seen = f"{each.first_day} to {each.last_day}, about {each.domain}, by {each.reporter}"
    days = cut(f"    {harmless(seen)}", WIDTH)
    yield click.style(days, fg="bright_black")
