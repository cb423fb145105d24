"""How good a reporter's reports are, from what is known of each (RFC 9990 §3.1, §3.5.4)."""

from collections.abc import Iterable

import msgspec

from mailworthy.reports.model import Report

LATE = 86400  # seconds from the end of a window; reports come daily at least (RFC 9989 §5.3.8)
FLAWED, TARDY = 25, 25  # points of 100 that a report loses


class Fact(msgspec.Struct, frozen=True):
    """What became of one report.

    `malformed` means that it could not be read, or not whole. `flaws` counts what a valid report
    would not have. `delay` is from the end of its window to its arrival, in seconds, None where
    that is not known. A `duplicate` came before.
    """

    malformed: bool = False
    flaws: int = 0
    delay: int | None = None
    duplicate: bool = False


class Score(msgspec.Struct, frozen=True):
    """What a reporter is like: numbers of reports, and points from 0 to 100.

    `valid` reports are whole, without flaw and no duplicate. None of the points is lost by a
    duplicate, which costs nobody data; it is counted all the same.
    """

    reports: int
    valid: int
    malformed: int
    flawed: int
    late: int
    duplicates: int
    points: int


UNREADABLE = Fact(malformed=True)


def fact(report: Report, *, received: int | None = None, duplicate: bool = False) -> Fact:
    """The facts of a report whose records have been taken; `received` in seconds since 1970."""
    delay = None if received is None else max(0, received - report.head.window.end)
    return Fact(report.partial, len(report.flaws), delay, duplicate)


def score(facts: Iterable[Fact], *, late: int = LATE) -> Score | None:
    """Sum up one reporter; None without a report that is no duplicate."""
    known = list(facts)
    first = [one for one in known if not one.duplicate]
    if not first:
        return None
    delayed = [one for one in first if one.delay is not None and one.delay > late]
    return Score(
        reports=len(known),
        valid=sum(not one.malformed and not one.flaws for one in first),
        malformed=sum(one.malformed for one in first),
        flawed=sum(bool(one.flaws) for one in first),
        late=len(delayed),
        duplicates=len(known) - len(first),
        points=round(sum(_points(one, late) for one in first) / len(first)),
    )


def _points(one: Fact, late: int) -> int:
    """A report that could not be read whole is worth nothing; others lose for flaws and delay."""
    if one.malformed:
        return 0
    is_late = one.delay is not None and one.delay > late
    return 100 - FLAWED * bool(one.flaws) - TARDY * is_late
