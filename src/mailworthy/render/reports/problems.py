"""Problems for people: what could not be read, where, and why."""

from collections.abc import Iterator

import click

from mailworthy.names import harmless
from mailworthy.render.lines import WIDTH, cut, wrapped
from mailworthy.reports.answers.problems import OMISSION, Problem, Problems

EXCERPT = 2  # lines


def problems(answer: Problems) -> Iterator[str]:
    """Lines."""
    if not answer.problems:
        yield "  Everything that came could be read."
    for each in answer.problems:
        yield ""
        yield from problem_lines(each)
    if answer.more:
        yield from ("", "  there are more: see --limit and --offset")
    if answer.problems:
        yield from ("", "  --raw NUMBER prints the file or mail as it came.")


def problem_lines(each: Problem) -> Iterator[str]:
    """One problem: its number and word, when and whence it came, where it is, and why."""
    colour = "yellow" if each.fault == OMISSION else "red"
    word = click.style(f"{each.fault:<14}", fg=colour, bold=True)
    when = cut(harmless(f"{each.received}  {each.origin}"), WIDTH - 24)
    yield f"  {each.id:>5}  {word} {when}"
    yield from wrapped(each.reason)
    whose = f"report {each.report}, {each.place}" if each.report else each.path
    yield from wrapped(f"in {whose}")
    if each.excerpt:
        yield from wrapped(f"found: {each.excerpt}", most=EXCERPT)
