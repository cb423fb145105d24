"""A verdict for people: what happens to the message, why, and what to do."""

from collections.abc import Iterator

import click

from mailworthy.dmarc.result import Result as Dmarc
from mailworthy.names import harmless
from mailworthy.receive.authresults import Marking
from mailworthy.receive.checks import CheckResult
from mailworthy.receive.verdict import Verdict
from mailworthy.receive.words import Disposition
from mailworthy.render.lines import INDENT, WIDTH, cut, said, verbatim, wrapped
from mailworthy.render.verdict import advice, table, who
from mailworthy.render.verdict import trace as tracing
from mailworthy.render.verdict.deciding import records
from mailworthy.render.verdict.words import (
    COLOURS,
    NAMES,
    policy_result,
    remarks,
    told,
    told_stale,
)
from mailworthy.render.verdict.words import mark as marked

_LABEL = 23  # columns of the labels above the checks
_SENTENCE = 28  # where the sentence of a check begins


def document(verdict: Verdict, *, trace: bool = False, header: Marking | None = None) -> str:
    """All of it, at most 80 columns but for commands; coloured, so print it with `click.echo`."""
    lines = ["", *_head(verdict), "", *_who(verdict), ""]
    if len(verdict.decisions) > 1:
        lines += [*_table(verdict), ""]
    lines += [*_checks(verdict), *_records(verdict), *_steps(verdict)]
    lines += [*_header(header), *_assumptions(verdict)]
    if trace:
        lines += _trace(verdict)
    return "\n".join(lines) + "\n"


def _head(verdict: Verdict) -> Iterator[str]:
    worst = table.worst(verdict.decisions)
    word, why = table.headline(verdict.decisions)
    code = "" if len(verdict.decisions) > 1 or not worst.code else f"  {harmless(worst.code)}"
    yield cut("  " + word + code).replace(word, _styled(word, COLOURS[worst.disposition]), 1)
    for text in (why, *remarks(verdict)):
        yield from wrapped(text, "  ")


def _styled(text: str, colour: str) -> str:
    return click.style(text, fg=colour, bold=True)


def _who(verdict: Verdict) -> Iterator[str]:
    for label, text in who.rows(verdict.evidence):
        yield from wrapped(text, " " * _LABEL, f"  {label:<{_LABEL - 2}}")


def _checks(verdict: Verdict) -> Iterator[str]:
    for result in verdict.checks:
        yield from _check(result, verdict)


def _check(result: CheckResult, verdict: Verdict) -> Iterator[str]:
    mark, colour = marked(result, verdict)
    head = f"  {mark} {NAMES[result.check]:<12} {result.result:<10} "
    sentence, *more = told(result, verdict)
    first, *rest = wrapped(sentence, " " * _SENTENCE, head)
    yield first.replace(mark, _styled(mark, colour), 1)
    yield from rest
    for text in more:
        for line in wrapped(text, " " * _SENTENCE):
            yield click.style(line, fg="bright_black")


def _table(verdict: Verdict) -> Iterator[str]:
    yield click.style(INDENT + table.heading(verdict.decisions), fg="bright_black")
    for (mark, colour), (first, *rest) in table.rows(verdict.decisions):
        yield f"  {_styled(mark, colour)} {first}"
        yield from (INDENT + line for line in rest)


def _records(verdict: Verdict) -> Iterator[str]:
    shown = records(verdict)
    if shown:
        yield from ("", "  What decided")
    for each in shown:
        yield from verbatim(click.style("$ ", fg="bright_black"), each.command)
        yield from said(each.said)


def _steps(verdict: Verdict) -> Iterator[str]:
    steps = advice.steps(verdict)
    if steps:
        yield from ("", "  If this is your mail")
    for step in steps:
        yield from wrapped(step, INDENT + "  ", INDENT + "· ")
    refused = all(d.disposition is Disposition.REJECT for d in verdict.decisions)
    if steps and refused and policy_result(verdict).result is Dmarc.FAIL:
        yield from wrapped("If it is not: nothing is to be done, it is refused.", INDENT)


def _header(header: Marking | None) -> Iterator[str]:
    """The field for the message, and what has to go before it is added."""
    if header is None:
        return
    yield from ("", "  The header field for it")
    for line in header.folded(WIDTH - len(INDENT) - 3).split("\r\n"):
        yield INDENT + line.replace("\t", INDENT)
    for stale in header.remove:
        yield from wrapped(told_stale(stale), INDENT + "  ", INDENT + "· ")


def _assumptions(verdict: Verdict) -> Iterator[str]:
    if verdict.not_done:
        late = ", ".join(NAMES[check] for check in verdict.not_done)
        yield ""
        yield from wrapped(f"The time was used up before these were done: {late}.", "  ")
    if verdict.assumptions:
        yield from ("", "  Taken for granted")
    for each in verdict.assumptions:
        yield from wrapped(each, INDENT + "  ", INDENT + "· ")


def _trace(verdict: Verdict) -> Iterator[str]:
    yield from ("", "  Every question")
    yield from tracing.lines(verdict)
