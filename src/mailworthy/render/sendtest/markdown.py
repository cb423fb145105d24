"""Tests as Markdown, for issues and wikis."""

from collections.abc import Iterator, Sequence

from mailworthy.render.markdown import literal
from mailworthy.render.sendtest import words
from mailworthy.sendtest.model import Sent


def document(tests: Sequence[Sent]) -> str:
    """The same as in a terminal, as headings, tables and lists."""
    return "\n".join(line for test in tests for line in _test(test)).rstrip("\n") + "\n"


def _test(test: Sent) -> Iterator[str]:
    mark = words.MARKS[test.outcome][0]
    yield from (f"# {mark} {literal(test.recipient)}: {literal(words.headline(test))}", "")
    yield from ("| | |", "|---|---|")
    for label, text in words.rows(test):
        yield f"| {label} | {literal(text)} |"
    yield ""
    if found := words.comparisons(test):
        yield from ("| | there | here | |", "|---|---|---|---|")
        yield from (f"| {' | '.join(map(literal, each))} |" for each in found)
        yield ""
    if told := words.meaning(test):
        meaning, todo, source = told
        yield from ("## What that means", "", f"{literal(meaning)}.", "")
        yield from (f"- {literal(todo)}. ({literal(source)})", "")
    if steps := words.steps(test):
        yield from ("## What to do", "", *(f"- {literal(step)}" for step in steps), "")
