"""What breaks the grammar of a record, sorted by what the author got wrong."""

from collections.abc import Iterator

from mailworthy.audit.evidence import Sending
from mailworthy.audit.finding import Found
from mailworthy.audit.rules.spf._repair import repaired
from mailworthy.audit.rules.spf._shared import Spf, said
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
GRAMMAR = UNKNOWN | ADDRESS | TWICE | MACRO | FOREIGN | SYNTAX


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
    """The text of a broken record and all that breaks it, if the main fault has one of these
    codes.

    One slip often breaks several terms, and one remedy repairs them all, so that a record has one
    fault: characters that do not belong there, a sign of copied text, or else the first.
    Terms that lost the space between them come before both.
    """
    text, joined = joints(spf)
    if spf.only is None or spf.record is not None or joined:
        return "", []
    problems = [p for p in spf.only.parsed.problems if p.code in GRAMMAR]
    main = min(problems, key=lambda p: (p.code not in FOREIGN, p.start), default=None)
    if main is None or main.code not in codes:
        return "", []
    return text, [main, *(p for p in problems if p is not main)]


def broken(spf: Spf, sending: Sending, codes: frozenset[str], what: str) -> Iterator[Found]:
    """The one finding about faults of this kind; the remedy repairs the whole record."""
    text, problems = faults(spf, codes)
    if problems:
        yield said(
            spf, (text, problems), f"{what}: {problems[0].message}", repaired(text, sending), WHOLE
        )


WHOLE = "One term that cannot be read voids the whole record."
