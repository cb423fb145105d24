"""The parts of a report one after the other, each read for itself, so that none spoils another."""

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from mailworthy.names import printable
from mailworthy.reports.aggregate.flaws import Flaws
from mailworthy.reports.aggregate.limits import Limits
from mailworthy.reports.aggregate.memo import Memo
from mailworthy.reports.aggregate.mend import mend
from mailworthy.reports.aggregate.node import Node
from mailworthy.reports.aggregate.session import Broken, Root, Session
from mailworthy.reports.aggregate.window import Window
from mailworthy.reports.model import AggregateRecord, Omission

STEP = 16_384  # octets for the parser at once where no record ends
RENEW = 1_048_576  # octets after which a parser is replaced: it keeps every name it ever saw
TAG = 256  # octets that hold any tag we look for
EXCERPT = 80
Unit: TypeAlias = AggregateRecord | Omission | Node
Convert: TypeAlias = Callable[[Node], AggregateRecord | str]


class Walker:
    """Reads the children of <feedback> from a window, from the position `at` on.

    Between two children the text is always at the same point of the grammar, so each child can be
    read as if it came first. That allows three ways: a record whose octets after the count are
    those of an earlier one is taken from `Memo`; every other child goes through expat; and after
    an error expat goes on with what reporters are known to get wrong mended, or at the next child.

    `complete` tells that </feedback> was seen.
    """

    def __init__(
        self,
        window: Window,
        root: Root,
        at: int,
        *,
        limits: Limits,
        flaws: Flaws,
        convert: Convert,
    ) -> None:
        self.complete = False
        self.records = 0
        self._at = at  # the end of the last child, or beyond it where nothing is open
        self._window = window
        self._root = root
        self._limits = limits
        self._flaws = flaws
        self._convert = convert
        self._memo = Memo(root.prefix)
        self._session = Session(root, at, limits)
        self._opening = f"<{root.prefix}record".encode()
        self._closing = f"</{root.prefix}record>".encode()
        self._child = _child(root.prefix)
        self._restarts = 0
        self._stopped = False

    def units(self) -> Iterator[Unit]:
        """Records, omissions in their place, and the other children as nodes."""
        while not self._stopped:
            yield from self._quick()
            yield from self._slow()

    def another(self) -> bool:
        """Whether a second report follows; to be asked when `units` has ended."""
        opening = f"<{self._root.tag}".encode()
        at = self._session.finish + len(opening)
        while self.complete and self._window.find(opening, at) < 0:
            at = max(at, self._window.end - TAG)
            if not self._window.more(at):
                return False
        return self.complete

    def _quick(self) -> Iterator[AggregateRecord]:
        """Records as long as they are of a known kind."""
        memo, start = self._memo, self._window.start
        yield from memo.records(self._window.data, self._at - start)
        if memo.taken:
            self.records += memo.taken
            self._restart(memo.end + start)
        elif self._session.fed - self._session.begin > RENEW:
            self._restart(self._at)

    def _restart(self, at: int) -> None:
        self._at = at
        self._session = Session(self._root, at, self._limits)

    def _slow(self) -> Iterator[Unit]:
        """Feed the parser until it rests at the end of a record."""
        session, closing = self._session, len(self._closing)
        while not self._stopped:
            begin = session.fed
            end = self._cut(begin)
            if end == begin:
                self._stopped = not self._window.more(self._at)
                continue
            try:
                session.feed(self._window.slice(begin, end))
            except Broken as error:
                yield from self._finished()
                yield from self._repair(error)
                return
            resting = session.rests(closing)
            yield from self._finished(begin, end if resting else begin)
            self._at = session.floor
            if resting:
                return

    def _cut(self, begin: int) -> int:
        """How far to feed: to the end of the next record if it is in sight."""
        at = self._window.find(self._closing, begin)
        return at + len(self._closing) if at >= 0 else min(self._window.end, begin + STEP)

    def _finished(self, begin: int = 0, end: int = 0) -> Iterator[Unit]:
        """What the parser has done; a record that alone fills `begin` to `end` is learned."""
        session = self._session
        if stray := session.stray().strip():
            self._flaws.add("stray-text", printable(stray, 40))
        if session.ended:
            self.complete = self._stopped = True
        nodes = session.take()
        for node in nodes:
            unit = self._unit(node)
            if end > begin and len(nodes) == 1 and isinstance(unit, AggregateRecord):
                self._memo.learn(self._window.slice(begin, end), unit)
            yield unit

    def _unit(self, node: Node) -> Unit:
        if node.name != "record":
            return node
        self.records += 1
        if self.records > self._limits.records:
            self._stopped = True
            return Omission(f"record {self.records}", "too many records; the rest was not read")
        record = self._convert(node)
        if isinstance(record, AggregateRecord):
            return record
        return Omission(f"record {self.records}", record)

    # After an error

    def _repair(self, error: Broken) -> Iterator[Unit]:
        """Read the broken child with its faults mended, or tell that it is lost and go on."""
        if self._stopped:
            return
        self._flaws.add("ill-formed", error.reason)
        name, begin = self._session.open, self._session.floor
        end = self._ending(name, begin) if name else -1
        node = self._mended(begin, end) if end >= 0 else None
        lost = None if node else self._lost(name, begin, error)
        onward = end if node else self._onward(begin, end, error.at)
        self._restarts += 1
        if onward < 0 or self._restarts > self._limits.restarts:
            self._stopped = True
        else:
            self._restart(onward)
        yield self._unit(node) if node else lost or Omission("", "")

    def _ending(self, name: str, begin: int) -> int:
        """Where the child that begins at `begin` ends, by its end tag; -1 if that is too far."""
        tag = f"</{self._root.prefix}{name}>".encode()
        while (at := self._window.find(tag, begin)) < 0:
            if self._window.end - begin > self._limits.part or not self._window.more(begin):
                return -1
        end = at + len(tag)
        return end if end - begin <= self._limits.part else -1

    def _mended(self, begin: int, end: int) -> Node | None:
        """The child between two positions, if mending makes it one."""
        session = Session(self._root, begin, self._limits)
        try:
            session.feed(mend(self._window.slice(begin, end)))
        except Broken:
            return None
        nodes = session.take()
        whole = session.open is None and session.reached == session.fed and not session.ended
        return nodes[0] if whole and len(nodes) == 1 else None

    def _lost(self, name: str | None, begin: int, error: Broken) -> Omission:
        if name == "record":
            self.records += 1
        where = f"after record {self.records}" if not name else printable(name, 40)
        excerpt = self._window.slice(begin, begin + 2 * EXCERPT).decode("utf-8", "replace")
        return Omission(
            f"record {self.records}" if name == "record" else where,
            f"not well-formed at octet {error.at}: {error.reason}",
            printable(" ".join(excerpt.split()), EXCERPT),
        )

    def _onward(self, begin: int, end: int, at: int) -> int:
        """Where to go on after a child that is lost; -1 at the end of the text.

        Up to its end tag nothing is read twice but the last record that begins there: it is whole
        if the lost one breaks off before it. Without end tag it is the next child after the error.
        """
        if end >= 0:
            last = self._window.rfind(self._opening, begin + 1, end)
            return last if last > begin else end
        at = max(at, begin + 1)
        while not (match := self._child.search(self._window.data, at - self._window.start)):
            at = max(at, self._window.end - TAG)
            if not self._window.more(at):
                return -1
        return match.start() + self._window.start


def _child(prefix: str) -> re.Pattern[bytes]:
    """The start of a child that matters, or the end of the report."""
    mark = re.escape(prefix.encode())
    return re.compile(
        rb"<(?:%b(?:record|report_metadata|policy_published)[\s/>]|/%bfeedback[\s>])" % (mark, mark)
    )
