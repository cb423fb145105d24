"""The outcome of reading a text that somebody else wrote."""

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong with a text.

    `code` is a stable kebab-case word that rules select by, `message` a sentence fragment for
    people, `start` and `end` character offsets into the text that was parsed.
    """

    code: str
    message: str
    start: int = 0
    end: int = 0


class Parsed(msgspec.Struct, Generic[T], frozen=True):
    """What a parser returns: it never raises.

    `record` is None when the text is unusable for an engine (the RFC's permerror, or "not such
    a record at all"); `problems` lists everything noticed, fatal or not, in order of position.
    """

    record: T | None
    problems: tuple[Problem, ...] = ()

    def has(self, *codes: str) -> bool:
        """Whether any problem has one of these codes."""
        return any(p.code in codes for p in self.problems)


def caret(text: str, problem: Problem) -> str:
    """Two lines: the text and, under it, carets where the problem is.

    Control characters and anything that is not printable ASCII become one `?` each, so that
    the columns agree and nothing reaches a terminal that could steer it.
    """
    shown = "".join(c if " " <= c <= "~" else "?" for c in text)
    width = max(1, problem.end - problem.start)
    return f"{shown}\n{' ' * problem.start}{'^' * width}"
