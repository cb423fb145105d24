"""What breaks the grammar of a record, sorted by what the author got wrong."""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found
from mailworthy.audit.rules.spf._repair import repaired
from mailworthy.audit.rules.spf._shared import Spf, said
from mailworthy.audit.rules.spf._text import Span, spans
from mailworthy.parsed import Problem

JOINED = "looks-like-joined-terms"
UNKNOWN = frozenset({"unknown-mechanism"})
ADDRESS = frozenset(
    {"bad-ip4", "bad-ip6", "ip4-with-v6", "ip6-with-v4", "bad-prefix", "prefix-out-of-range"}
)
TWICE = frozenset({"duplicate-redirect", "duplicate-exp"})
MACRO = frozenset({"bad-macro", "macro-not-allowed-here"})
FOREIGN = frozenset(
    {"invisible-character", "typographic-character", "control-character", "not-ascii"}
)
SYNTAX = frozenset({"syntax", "empty-term", "missing-domain", "bad-domain", "bad-character"})


def splits(spf: Spf, text: str) -> tuple[int, ...]:
    """Where the strings of a record were joined."""
    places = dict(zip(spf.texts, spf.answer.splits, strict=False))
    return places.get(text, ())


def joints(spf: Spf) -> tuple[str, list[Problem]]:
    """The record, usable or not, and where a space between two terms seems to be missing."""
    if spf.only is None:
        return "", []
    return spf.only.text, [p for p in spf.only.parsed.problems if p.code == JOINED]


def faults(spf: Spf, codes: frozenset[str]) -> tuple[str, list[Problem]]:
    """The text of a broken record and its problems of these codes.

    Terms that lost the space between them are another matter, whatever else they break.
    """
    text, joined = joints(spf)
    if spf.only is None or spf.record is not None:
        return "", []
    owned = _words_of(text, joined)
    problems = [p for p in spf.only.parsed.problems if p.code in codes]
    return text, [p for p in problems if not any(_inside(p, s) for s in owned)]


def _words_of(text: str, problems: list[Problem]) -> list[Span]:
    starts = {p.start for p in problems}
    return [s for s in spans(text) if any(s[0] < start < s[1] for start in starts)]


def _inside(problem: Problem, span: Span) -> bool:
    return span[0] <= problem.start < span[1]


def broken(spf: Spf, sending: Sending, codes: frozenset[str], what: str) -> Iterator[Found]:
    """The one finding about faults of this kind; the remedy repairs the whole record."""
    text, problems = faults(spf, codes)
    if problems:
        yield said(
            spf, (text, problems), f"{what}: {problems[0].message}", repaired(text, sending), WHOLE
        )


WHOLE = "One term that cannot be read voids the whole record."
