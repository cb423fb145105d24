"""Reports for people: a list of them, and one of them whole."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import click

from mailworthy.names import harmless
from mailworthy.render.lines import WIDTH, cut, wrapped
from mailworthy.render.reports.draw import nothing, number, span, table, title
from mailworthy.render.reports.problems import problem_lines
from mailworthy.reports.answers.listing import Line, Listing, Row, Shown

INDENT = " " * 4
SAID = 2  # lines for each thing that a reporter said


def listing(answer: Listing) -> Iterator[str]:
    """Lines of a list."""
    yield from title(", ".join(answer.domains) or "All domains", span(answer.period))
    if not answer.reports:
        yield from nothing("reports", answer.period)
        return
    rows = [
        (
            str(each.id),
            str(each.day),
            each.kind,
            each.domain,
            each.reporter,
            number(each.messages),
            _marks(each),
        )
        for each in answer.reports
    ]
    head = ("number", "day", "kind", "domain", "reporter", "messages", "")
    yield from table(head, rows, right="><<<<>", wide=4)
    if answer.more:
        yield "  there are more: see --limit"


def _marks(each: Line) -> str:
    """What is to be said of a report in a few letters."""
    words = [
        "unproven" if each.trust == "unproven" else "",
        "" if each.complete and not each.omissions else "partial",
    ]
    return " ".join(filter(None, words))


def show(answer: Shown) -> Iterator[str]:
    """Lines of one report."""
    each = answer.report
    yield from title(f"Report {each.id}", f"{each.kind} about {each.domain}", str(each.day))
    for name, text in _facts(answer):
        yield from wrapped(text, " " * 16, f"  {name:<14}") if text else ()
    if answer.rows:
        yield ""
        for row in answer.rows:
            yield from _row(row)
    if answer.more:
        yield "  there are more: see --limit and --offset"
    for flaw in answer.flaws:
        yield from ("", f"  {click.style('flaw', fg='yellow')}  {flaw.code} ({flaw.section})")
        yield from wrapped(flaw.message)
    for problem in answer.problems:
        yield ""
        yield from problem_lines(problem)


def _facts(answer: Shown) -> Iterator[tuple[str, str]]:
    each = answer.report
    yield "reporter", f"{each.reporter} <{answer.email}>" if answer.email else each.reporter
    yield "contact", answer.contact
    yield "made by", answer.generator
    yield "report id", each.report_id
    yield "covers", f"{_moment(each.begin)} to {_moment(each.end)} UTC"
    yield "policy", " ".join(f"{name}={text}" for name, text in answer.policy.items())
    yield "format", answer.format
    yield "trust", each.trust
    yield "found in", answer.path
    yield "whole", "" if each.complete else "no: it breaks off"
    yield "holds", f"{number(each.records)} records, {number(each.messages)} messages"
    yield "errors", answer.errors if answer.errors not in ("", "[]") else ""
    for came in answer.deliveries:
        yield "came", f"{came.received} by {came.origin}: {came.outcome}"


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"


def _row(row: Row) -> Iterator[str]:
    good = "pass" in (row.dkim, row.spf)
    colour = "green" if good else "red"
    mark = click.style("✓" if good else "✗", fg=colour, bold=True)
    text = f"{row.address}  {number(row.messages)}  DKIM {row.dkim}  SPF {row.spf}"
    yield f"  {mark} {cut(harmless(f'{text}  {row.disposition}'), WIDTH - 4)}"
    yield cut(f"{INDENT}{_names(row)}", WIDTH)
    for seen in (*row.signatures, *row.paths):
        yield cut(f"{INDENT}{harmless(seen)}", WIDTH)
    for said in _said(row.remark):
        yield from wrapped(said, most=SAID)


def _said(remark: str | None) -> Iterator[str]:
    """What a reporter said of a record: reasons, and words about DKIM and SPF."""
    found = json.loads(remark) if remark else {}
    for type_, comment in found.get("reasons", ()):
        yield f"reason: {type_}" + (f" ({comment})" if comment else "")
    for name in ("dkim", "spf"):
        yield from (f"{name.upper()} {at + 1}: {text}" for at, text in found.get(name, ()))


def _names(row: Row) -> str:
    sent = "" if row.envelope_from is None else f", envelope {row.envelope_from or '<>'}"
    return harmless(f"From {row.header_from}{sent}")
