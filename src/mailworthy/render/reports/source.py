"""One source in full, for people."""

from collections.abc import Iterator, Sequence

import click

from mailworthy.render.lines import wrapped
from mailworthy.render.reports.draw import daily, number, percent, spark, table
from mailworthy.render.reports.sources import INDENT, headline
from mailworthy.reports.answers.sources import Source

CHART = 60
MOST = 20


def source(each: Source) -> Iterator[str]:
    """Lines."""
    first, last = (each.days[0].day, each.days[-1].day) if each.days else (each.last_day,) * 2
    yield ""
    yield headline(each, first, last)
    yield from _part("Why", [f"{each.confidence}: {each.evidence[0]}", *each.evidence[1:]])
    yield from _part("What to do", [f"→ {sentence}" for sentence in each.todo])
    yield ""
    yield from table(("How it fares", "messages", ""), _results(each), right="<>>")
    if each.unproven:
        yield from wrapped(f"{number(each.unproven)} in reports of unproven origin", INDENT)
    yield from ("", f"  Seen {each.first_day} to {each.last_day}")
    if each.days:
        line = spark(daily({d.day: d.messages for d in each.days}, first, last), CHART)
        yield f"{INDENT}{line}"
        yield f"{INDENT}{first} to {last}, most {number(max(d.messages for d in each.days))} a day"
    yield from _seen(each)


def _part(name: str, sentences: Sequence[str]) -> Iterator[str]:
    yield from ("", f"  {name}")
    for sentence in sentences:
        hanging = INDENT + ("  " if sentence.startswith("→") else "")
        yield from wrapped(sentence, hanging, INDENT)


def _results(each: Source) -> list[tuple[str, str, str]]:
    rows = [
        ("both", each.both),
        ("DKIM alone", each.dkim_only),
        ("SPF alone", each.spf_only),
        ("neither", each.neither),
    ]
    if each.neither:
        rows.append(("  let through", each.let_through))
    return [(name, number(n), percent(n, each.messages)) for name, n in rows]


def _seen(each: Source) -> Iterator[str]:
    if each.dkim:
        rows = [
            (f"{d.selector or '?'}._domainkey.{d.domain}", d.result, number(d.count))
            for d in sorted(each.dkim, key=lambda d: -d.count)
        ]
        yield ""
        yield from _bounded(("DKIM as reporters saw it", "result", "messages"), rows)
    if each.spf:
        rows = [
            (s.domain or "<>", s.result, number(s.count))
            for s in sorted(each.spf, key=lambda s: -s.count)
        ]
        yield ""
        yield from _bounded(("SPF as reporters saw it", "result", "messages"), rows)
    yield from ("", f"  Addresses ({len(each.addresses)})")
    more = f" and {len(each.addresses) - MOST} more" if len(each.addresses) > MOST else ""
    yield from wrapped(", ".join(each.addresses[:MOST]) + more)
    if each.reverse:
        yield from wrapped(f"reverse name {each.reverse}")
    if each.places:
        yield from wrapped(f"in {', '.join(each.places)}")
    yield click.style(f"  {each.key}", fg="bright_black")


def _bounded(head: tuple[str, str, str], rows: list[tuple[str, str, str]]) -> Iterator[str]:
    yield from table(head, rows[:MOST], right="<<>")
    if len(rows) > MOST:
        yield f"  and {len(rows) - MOST} more"
