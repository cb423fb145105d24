"""Reports for people: a list of them, and one of them whole."""

from collections.abc import Iterator
from datetime import UTC, datetime

import click

from mailworthy.render.lines import wrapped
from mailworthy.render.reports.contents import contents
from mailworthy.render.reports.draw import counted, nothing, number, span, table, title
from mailworthy.render.reports.problems import problem_lines
from mailworthy.reports.answers.listing import Line, Listing, Shown
from mailworthy.store.model import Trust

# What reports of each kind hold, and what is counted in them.
HOLDS = {
    "aggregate": ("record", "message"),
    "tls": ("record", "session"),
    "failure": ("record", "message"),
    "complaint": ("record", "message"),
}
UNPROVEN, DOMAIN = "?", 4  # a mark; the column of domains
TRUST = {
    Trust.RESULTS: "results: your own server authenticated the mail when it came",
    Trust.VERIFIED: "verified: the signatures of the mail held when it was read",
    Trust.VOUCHED: "vouched: you answered for where it came from",
    Trust.UNPROVEN: "unproven: nothing shows that the reporter sent it",
}


def listing(answer: Listing) -> Iterator[str]:
    """Lines of a list."""
    domains = answer.domains or tuple({each.domain for each in answer.reports})
    several = len(domains) != 1
    yield from title("All domains" if several else domains[0], span(answer.period))
    if not answer.reports:
        yield from nothing("reports", answer.period, answer.newest)
        return
    head = ("", "number", "day", "kind", "domain", "reporter", "messages", "")
    rows = [_cells(each) for each in answer.reports]
    shown = [i for i in range(len(head)) if several or i != DOMAIN]
    yield from table(
        [head[i] for i in shown],
        [[row[i] for i in shown] for row in rows],
        right="".join("<><<<<><"[i] for i in shown),
        wide=(DOMAIN, DOMAIN + 1) if several else (DOMAIN,),
    )
    yield from _legend(answer)


def _cells(each: Line) -> tuple[str, ...]:
    return (
        UNPROVEN if each.trust == Trust.UNPROVEN else "",
        str(each.id),
        str(each.day),
        each.kind,
        each.domain,
        each.reporter,
        number(each.messages),
        "" if each.complete and not each.omissions else "partial",
    )


def _legend(answer: Listing) -> Iterator[str]:
    if answer.more:
        yield "  there are more: see --limit and --offset"
    if any(each.trust == Trust.UNPROVEN for each in answer.reports):
        yield from ("", f"  {UNPROVEN} unproven: nothing shows that its reporter sent it")


def show(answer: Shown) -> Iterator[str]:
    """Lines of one report."""
    each = answer.report
    yield from title(f"Report {each.id}", f"{each.kind} about {each.domain}", str(each.day))
    for name, text in _facts(answer):
        yield from wrapped(text, " " * 16, f"  {name:<14}") if text else ()
    if answer.rows:
        yield ""
        yield from contents(answer.rows)
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
    record, message = HOLDS[each.kind]
    yield "reporter", f"{each.reporter} <{answer.email}>" if answer.email else each.reporter
    yield "contact", answer.contact
    yield "made by", answer.generator
    yield "report id", each.report_id
    yield "covers", f"{_moment(each.begin)} to {_moment(each.end)} UTC"
    yield "policy", " ".join(f"{name}={text}" for name, text in answer.policy.items())
    yield "format", answer.format
    yield "trust", TRUST[Trust(each.trust)]
    yield "found in", answer.path
    yield "whole", "" if each.complete else "no: it breaks off"
    yield "holds", f"{counted(each.records, record)}, {counted(each.messages, message)}"
    yield "errors", answer.errors if answer.errors not in ("", "[]") else ""
    for came in answer.deliveries:
        yield "came", f"{came.received} by {came.origin}: {came.outcome}"


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"
