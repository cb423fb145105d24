"""Reading one aggregate report from its octets (RFC 9990, RFC 7489 and the drafts before it)."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from mailworthy.reports.aggregate import prolog
from mailworthy.reports.aggregate.element import Element
from mailworthy.reports.aggregate.flaws import Flaws
from mailworthy.reports.aggregate.head import Parts
from mailworthy.reports.aggregate.limits import LIMITS, Limits
from mailworthy.reports.aggregate.octets import utf8
from mailworthy.reports.aggregate.record import Reader
from mailworthy.reports.aggregate.walker import Unit, Walker
from mailworthy.reports.aggregate.window import Window
from mailworthy.reports.model import (
    AggregateRecord,
    Fault,
    Head,
    Omission,
    Place,
    Record,
    Report,
    Unreadable,
)


def read(
    source: bytes | BinaryIO, place: Place, *, now: datetime, limits: Limits = LIMITS
) -> Report | Unreadable:
    """One aggregate report: its head at once, its records as they are taken.

    `source` is plain XML, read in chunks and never closed; what its `read` raises goes through.
    `now` knows its zone. Accepted is every dialect that reporters are known to write, in any
    encoding; what RFC 9990 would not have is told in `flaws`, and costs nothing else. A record
    that is broken or cannot count (no address, a count that cannot be) is left out and told in
    `omissions`; the others stay. A report that breaks off keeps its whole records and is not
    `complete`. Unreadable is what has a DOCTYPE, no <feedback>, no reporter's metadata, no policy
    domain, or a period that cannot be right (see `head.Parts.head`). Source: RFC 9990 §3.1.1.
    """
    flaws = Flaws()
    window = Window(utf8(_chunks(source, limits.chunk), flaws))
    found = prolog.root(window, flaws, limits)
    if isinstance(found[0], Fault):
        return Unreadable(place, found[0], str(found[1]))
    root, begin = found
    assert isinstance(begin, int)
    parts = Parts(root.namespace)
    convert = Reader(parts, flaws).read
    walker = Walker(window, root, begin, limits=limits, flaws=flaws, convert=convert)
    return _Reading(walker, parts, flaws, limits).report(place, now)


def _chunks(source: bytes | BinaryIO, size: int) -> Iterator[bytes]:
    """The octets in pieces of about `size`, however little the source gives at a time."""
    if isinstance(source, bytes):
        yield from (source[i : i + size] for i in range(0, len(source), size))
        return
    while piece := source.read(size):
        pieces = [piece]
        missing = size - len(piece)
        while missing > 0 and (piece := source.read(missing)):
            pieces.append(piece)
            missing -= len(piece)
        yield b"".join(pieces)


class _Reading:
    """A report between its head and its end."""

    def __init__(self, walker: Walker, parts: Parts, flaws: Flaws, limits: Limits) -> None:
        self._walker = walker
        self._parts = parts
        self._flaws = flaws
        self._limits = limits
        self._units = walker.units()
        self._omissions: list[Omission] = []
        self._untold = 0

    def report(self, place: Place, now: datetime) -> Report | Unreadable:
        """Read until the head is whole; records that come before it are kept, up to a limit."""
        early: list[AggregateRecord] = []
        for unit in self._units:
            if (record := self._take(unit)) is not None:
                early.append(record)
            if (early and self._parts.whole) or len(early) > self._limits.early:
                break
        head = self._parts.head(now, self._flaws)
        if not isinstance(head, Head):
            return Unreadable(place, *self._why(head))
        report = Report(head, place, iter(()))
        report.omissions, report.flaws = self._omissions, self._flaws.found
        report.records = self._records(report, early)
        return report

    def _why(self, refusal: tuple[Fault, str]) -> tuple[Fault, str]:
        """What is missing may be missing because it is broken."""
        fault, reason = refusal
        if fault is Fault.MISSING and self._omissions:
            lost = self._omissions[0]
            return Fault.SYNTAX, f"{reason}; {lost.where}: {lost.reason}"
        if fault is Fault.MISSING and not self._walker.complete:
            return fault, f"{reason}; the text breaks off"
        return refusal

    def _records(self, report: Report, early: list[AggregateRecord]) -> Iterator[Record]:
        yield from early
        early.clear()
        for unit in self._units:
            if isinstance(unit, AggregateRecord):
                yield unit
            else:
                self._take(unit)
        self._finish(report)

    def _take(self, unit: Unit) -> AggregateRecord | None:
        """The record, if it is one; what else it may be is noted."""
        if isinstance(unit, Element):
            self._parts.add(unit)
            return None
        self._parts.record()
        if isinstance(unit, AggregateRecord):
            return unit
        if len(self._omissions) < self._limits.omissions:
            self._omissions.append(unit)
        else:
            self._untold += 1
        return None

    def _finish(self, report: Report) -> None:
        report.complete = self._walker.complete
        self._parts.check(self._flaws)
        if self._walker.another():
            self._flaws.add("junk-after")
            self._omissions.append(Omission("after the report", "another report in the same text"))
        if self._untold:
            self._omissions.append(Omission("more", f"{self._untold} more records were left out"))
