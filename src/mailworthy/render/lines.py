"""Lines for a terminal of 80 columns or fewer: prose, evidence and what is to be copied."""

import re
import textwrap
from collections.abc import Iterator

from mailworthy.names import harmless
from mailworthy.render.columns import Terminal

WIDTH = Terminal.columns
INDENT = " " * 4
MOST_SAID = 4  # lines of evidence for one answer
_NO_BREAK = "\u00a0"  # which `harmless` leaves nowhere
_SECTION = re.compile(r"RFC \d+ §[\dA-Z.]+")


def cut(line: str, width: int = WIDTH) -> str:
    """One line, with `…` in place of what does not fit."""
    return line if len(line) <= width else line[: width - 1] + "…"


def wrapped(
    text: str, indent: str = INDENT, first: str | None = None, *, most: int | None = None
) -> list[str]:
    """Prose, on at most so many lines; names, URLs and the sections of RFCs stay whole, `first`
    is the indentation of the first line."""
    whole = _SECTION.sub(lambda found: found[0].replace(" ", _NO_BREAK), harmless(text))
    lines = textwrap.wrap(
        whole,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
        max_lines=most,
        placeholder=" …",
    )
    return [line.replace(_NO_BREAK, " ") for line in lines]


def said(text: str) -> list[str]:
    """Evidence is looked at, not copied: a drawing keeps its lines, the rest its beginning."""
    indent = INDENT + "  "
    lines = harmless(text, lines=True).split("\n")
    if len(lines) > 1:
        return [cut(indent + line) for line in lines]
    return textwrap.wrap(
        lines[0],
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
        max_lines=MOST_SAID,
        placeholder=" …",
    )


def verbatim(lead: str, text: str) -> Iterator[str]:
    """Text to be copied: never broken, whatever its length."""
    for line in text.split("\n"):
        yield f"{INDENT}{lead}{harmless(line)}"
