"""A verdict as Markdown, for issues and wikis."""

from collections.abc import Iterator

from mailworthy.receive.authresults import Marking
from mailworthy.receive.verdict import Verdict
from mailworthy.render.markdown import fenced, literal
from mailworthy.render.verdict import advice, table, who
from mailworthy.render.verdict import trace as tracing
from mailworthy.render.verdict.deciding import records
from mailworthy.render.verdict.words import NAMES, VERDICTS, capital, remarks, told, told_stale
from mailworthy.render.verdict.words import mark as marked


def document(verdict: Verdict, *, trace: bool = False, header: Marking | None = None) -> str:
    """The same as in a terminal, as headings, tables and blocks of code."""
    lines = [*_head(verdict), *_who(verdict), *_checks(verdict), *_decisions(verdict)]
    lines += [*_records(verdict), *_list("If this is your mail", advice.steps(verdict))]
    lines += _header(header)
    lines += _list("Taken for granted", verdict.assumptions)
    if trace:
        lines += ["## Every question", "", *fenced(list(tracing.lines(verdict)))]
    return "\n".join(lines).rstrip("\n") + "\n"


def _head(verdict: Verdict) -> Iterator[str]:
    word, why = table.headline(verdict.decisions)
    yield from (f"# {literal(word)}", "")
    for text in (why, *remarks(verdict)):
        yield from (literal(text), "")


def _who(verdict: Verdict) -> Iterator[str]:
    yield from ("| | |", "|---|---|")
    for label, text in who.rows(verdict.evidence):
        yield f"| {label} | {literal(text)} |"
    yield ""


def _checks(verdict: Verdict) -> Iterator[str]:
    yield from ("| | Check | Result | What it means |", "|---|---|---|---|")
    for each in verdict.checks:
        mark, name = marked(each, verdict)[0], NAMES[each.check]
        sentence = "; ".join(told(each, verdict))
        cells = (mark, name, each.result, literal(capital(sentence)))
        yield f"| {' | '.join(cells)} |"
    yield ""


def _decisions(verdict: Verdict) -> Iterator[str]:
    yield from ("| | Profile | Verdict | Code | Why |", "|---|---|---|---|---|")
    for each in verdict.decisions:
        mark, word = table.mark(each)[0], VERDICTS[each.disposition]
        cells = (mark, each.profile, word, literal(each.code), literal(each.reason))
        yield f"| {' | '.join(cells)} |"
    yield ""


def _records(verdict: Verdict) -> Iterator[str]:
    shown = records(verdict)
    if shown:
        yield from ("## What decided", "")
        yield from fenced([line for s in shown for line in (f"$ {s.command}", s.said)])


def _header(header: Marking | None) -> Iterator[str]:
    if header is None:
        return
    yield from (
        "## The header field for it",
        "",
        *fenced(header.folded().replace("\t", "    ").split("\r\n")),
    )
    for stale in header.remove:
        yield f"- {literal(told_stale(stale))}"
    if header.remove:
        yield ""


def _list(title: str, items: "tuple[str, ...] | list[str]") -> Iterator[str]:
    if items:
        yield from (f"## {title}", "", *(f"- {literal(item)}" for item in items), "")
