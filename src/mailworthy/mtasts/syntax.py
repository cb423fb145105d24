"""What the TXT records of MTA-STS and TLS-RPT have in common (RFC 8461 §3.1, RFC 8460 §3)."""

import re
from collections.abc import Collection

from mailworthy.names import printable
from mailworthy.parsed import Problem
from mailworthy.taglist import EXTENSION_NAME, Tag, TagList, parse

# What breaks the grammar. Everything else in a tag-list's problems is a remark.
BROKEN = frozenset(
    {
        "missing-equals",
        "empty-name",
        "bad-name",
        "empty-tag",
        "bad-character",
        "too-many-tags",
        "blank-around-equals",
        "bad-extension",
    }
)
_EXTENSION_VALUE = re.compile(r"[!-:<>-~]+")


def read(text: str, known: Collection[str]) -> tuple[TagList, list[Problem]]:
    """The tags of a record and all problems of its form; `known` names have their own values.

    Both records allow blanks around semicolons and nowhere else.
    """
    tags = parse(text, names=EXTENSION_NAME)
    problems = list(tags.problems)
    for tag in tags:
        if tag.value_start != tag.start + len(tag.name) + 1:
            message = f"a blank beside the = of {printable(tag.name, 40)}"
            problems.append(Problem("blank-around-equals", message, tag.start, tag.end))
        if tag.name not in known and not _EXTENSION_VALUE.fullmatch(tag.value):
            problems.append(_bad_extension(tag))
    return tags, problems


def _bad_extension(tag: Tag) -> Problem:
    shown = printable(tag.name, 40)
    return Problem("bad-extension", f"the value of {shown} is not allowed", tag.start, tag.end)


def broken(problems: Collection[Problem], *more: str) -> bool:
    """Whether any problem leaves no record: those of the grammar, and the codes named."""
    return any(p.code in BROKEN or p.code in more for p in problems)


def ordered(problems: Collection[Problem]) -> tuple[Problem, ...]:
    """By position, as Parsed wants them."""
    return tuple(sorted(problems, key=lambda p: (p.start, p.end, p.code)))
