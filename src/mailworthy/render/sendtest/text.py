"""Tests for people: what became of each message, why, and what to do."""

from collections.abc import Iterator, Sequence

import click

from mailworthy.names import harmless
from mailworthy.render.lines import INDENT, cut, wrapped
from mailworthy.render.sendtest import words
from mailworthy.sendtest.model import Sent

_LABEL = 20
_COLUMN = 12


def document(tests: Sequence[Sent]) -> str:
    """All of them; coloured, so print it with `click.echo`."""
    return "\n".join(line for test in tests for line in _test(test)) + "\n"


def _test(test: Sent) -> Iterator[str]:
    mark, colour = words.MARKS[test.outcome]
    yield ""
    first, *rest = wrapped(f"{test.recipient}: {words.headline(test)}", INDENT, f"  {mark} ")
    yield first.replace(mark, click.style(mark, fg=colour, bold=True), 1)
    yield from rest
    yield ""
    for label, text in words.rows(test):
        yield from wrapped(text, " " * (_LABEL + 4), f"{INDENT}{label:<{_LABEL}}")
    yield from _compared(test)
    yield from _meaning(test)
    steps = words.steps(test)
    if steps:
        yield from ("", "  What to do")
    for step in steps:
        yield from wrapped(step, INDENT + "  ", INDENT + "· ")


def _compared(test: Sent) -> Iterator[str]:
    found = words.comparisons(test)
    if not found:
        return
    yield from ("", f"{INDENT}{'':<8}{_cell('there')}{_cell('here')}")
    for method, theirs, ours, agree in found:
        said = f"{_cell(theirs)}{_cell(ours)}"
        line = f"{INDENT}{method:<8}{said}{agree}"
        yield click.style(line, fg="red") if agree == "differs" else line


def _meaning(test: Sent) -> Iterator[str]:
    told = words.meaning(test)
    if told is None:
        return
    meaning, todo, source = told
    yield from ("", "  What that means")
    yield from wrapped(f"{meaning}.")
    yield from wrapped(f"{todo}.", INDENT + "  ", INDENT + "· ")
    for line in wrapped(f"({source})"):
        yield click.style(line, fg="bright_black")


def _cell(text: str) -> str:
    """A word in its column."""
    return f"{cut(harmless(text), _COLUMN - 1):<{_COLUMN}}"
