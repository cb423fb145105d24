"""The parts of a report one after the other, each read for itself, so that none spoils another."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeAlias

from mailworthy.names import printable
from mailworthy.reports.aggregate.element import Element
from mailworthy.reports.aggregate.flaws import Flaws
from mailworthy.reports.aggregate.limits import Limits
from mailworthy.reports.aggregate.memo import Memo
from mailworthy.reports.aggregate.mend import mend
from mailworthy.reports.aggregate.plain import plain
from mailworthy.reports.aggregate.session import Broken, Root, Session
from mailworthy.reports.aggregate.window import Search, Window
from mailworthy.reports.model import AggregateRecord, Omission

STEP = 16_384  # octets for the parser at once where no record ends
RENEW = 1_048_576  # octets after which a parser is replaced: it keeps every name it ever saw
TAG = 256  # octets that hold any tag we look for
EXCERPT = 80
_NEXT = re.compile(rb"[ \t\r\n]{0,100}<(/?[A-Za-z_]{1,40})[ \t\r\n]{0,9}>")
Unit: TypeAlias = AggregateRecord | Omission | Element
Convert: TypeAlias = Callable[[Element], AggregateRecord | str]


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
        self._plain = not root.prefix
        self._session: Session | None = None
        self._opening = f"<{root.prefix}record".encode()
        self._closing = f"</{root.prefix}record>".encode()
        self._closings = Search(window, self._closing)
        self._child = _child(root.prefix)
        self._restarts = self._again = 0
        self._stopped = False

    def units(self) -> Iterator[Unit]:
        """Records, omissions in their place, and the other children as elements."""
        while not self._stopped:
            yield from self._quick()
            if not self._stopped:
                yield from self._slow()

    def another(self) -> bool:
        """Whether a second report follows; to be asked when `units` has ended."""
        opening, at = f"<{self._root.tag}".encode(), self._at
        while self.complete and self._window.find(opening, at) < 0:
            at = max(at, self._window.end - TAG)
            if not self._window.more(at):
                return False
        return self.complete

    def _quick(self) -> Iterator[Unit]:
        """Records of a known kind and plain children, up to the first that is neither."""
        memo, window = self._memo, self._window
        while not self._stopped:
            most = self._limits.records - self.records
            yield from memo.records(window.data, self._at - window.start, most)
            self.records += memo.taken
            self._at = memo.end + window.start
            text = self._sight() if self._plain else b""
            element = plain(text) if text else None
            if element is None:
                return
            yield self._remember(text, element)
            self._at += len(text)

    def _sight(self) -> bytes:
        """The text of the next child up to its end tag; empty if that is too far."""
        while not (match := _NEXT.match(self._window.data, self._at - self._window.start)):
            if self._window.end - self._at > TAG or not self._window.more(self._at):
                return b""
        if match[1] == b"/" + self._root.tag.encode():
            self._at = match.end() + self._window.start
            self.complete = self._stopped = True
            return b""
        data, begin = self._window.data, self._at - self._window.start
        at = data.find(self._closing, begin) if match[1] == b"record" else -1
        if at >= 0:
            return data[begin : at + len(self._closing)]
        end = self._ending(match[1].decode(), self._at)
        return self._window.slice(self._at, end) if end >= 0 else b""

    def _remember(self, text: bytes, element: Element) -> Unit:
        """A child; if it is a record and all of a text it is learned."""
        unit = self._unit(element)
        if text and isinstance(unit, AggregateRecord):
            self._memo.learn(text, unit)
        return unit

    def _parser(self) -> Session:
        """A parser that stands where we do."""
        session = self._session
        if session is None or session.fed != self._at or self._at - session.begin > RENEW:
            self._drop()
            session = self._session = Session(self._root, self._at, self._limits)
        return session

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None

    def _slow(self) -> Iterator[Unit]:
        """Feed the parser until it rests at the end of a record."""
        session, closing = self._parser(), len(self._closing)
        while not self._stopped:
            begin = session.fed
            end = self._cut(begin)
            if end == begin:
                if not self._window.more(self._at):
                    yield from self._last(session)
                    return
                continue
            try:
                session.feed(self._window.slice(begin, end))
            except Broken as error:
                yield from self._finished(session)
                yield from self._repair(session, error)
                return
            resting = session.rests(closing)
            yield from self._finished(session, begin, end if resting else begin)
            self._at = session.finish if session.ended else session.floor
            if resting:
                return

    def _last(self, session: Session) -> Iterator[Unit]:
        """At the end of the text: stop, unless a comment without end has hidden children."""
        begin, at = session.floor, session.reached
        onward = self._onward(begin, -1, at)
        if onward >= 0:
            yield from self._repair(session, Broken("a comment or tag without end", at))
        self._stopped = onward < 0 or self._stopped

    def _cut(self, begin: int) -> int:
        """How far to feed: to the end of the next record if it is in sight."""
        at = self._closings.find(begin)
        return at + len(self._closing) if at >= 0 else min(self._window.end, begin + STEP)

    def _finished(self, session: Session, begin: int = 0, end: int = 0) -> Iterator[Unit]:
        """What a parser has done; a record that alone fills `begin` to `end` is learned."""
        if session.stray:
            self._flaws.add("stray-text", printable(session.stray, 40))
        if session.ended:
            self.complete = self._stopped = True
        elements = session.take()
        for element in elements:
            text = self._window.slice(begin, end) if len(elements) == 1 else b""
            yield self._remember(text, element)

    def _unit(self, element: Element) -> Unit:
        if element.name != "record":
            return element
        self.records += 1
        if self.records > self._limits.records:
            self._stopped = True
            reason = f"more than {self._limits.records} records; the rest was not read"
            return Omission(f"record {self.records}", reason)
        record = self._convert(element)
        if isinstance(record, AggregateRecord):
            return record
        return Omission(f"record {self.records}", record)

    # After an error

    def _repair(self, session: Session, error: Broken) -> Iterator[Unit]:
        """Read the broken child with its faults mended, or tell that it is lost; then go on."""
        if self._stopped:
            return
        self._flaws.add("ill-formed", error.reason)
        name, begin = session.open, session.floor
        end = self._ending(name, begin) if name else -1
        element = self._mended(begin, end) if end >= 0 else None
        if element is not None:
            self._resume(end)
            yield self._unit(element)
        else:
            lost = self._lost(name, begin, error)
            onward = self._onward(begin, end, error.at)
            self._again += max(0, error.until - onward)
            self._resume(onward)
            yield lost
        self._restarts += 1
        too_often = self._restarts > self._limits.restarts or self._again > self._limits.again
        if too_often and not self._stopped:
            self._stopped = True
            yield Omission(f"after record {self.records}", "too often not well-formed to read on")

    def _resume(self, at: int) -> None:
        """Go on between two children; -1 if there is nothing more."""
        self._drop()
        self._at = max(at, self._at)
        self._stopped = at < 0

    def _ending(self, name: str, begin: int) -> int:
        """Where the child that begins at `begin` ends, by its end tag; -1 if that is too far."""
        tag = f"</{self._root.prefix}{name}>".encode()
        find = self._closings.find if name == "record" else partial(self._window.find, tag)
        while (at := find(begin)) < 0:
            if self._window.end - begin > self._limits.part or not self._window.more(begin):
                return -1
        end = at + len(tag)
        return end if end - begin <= self._limits.part else -1

    def _mended(self, begin: int, end: int) -> Element | None:
        """The child between two positions, if mending makes it one."""
        session = Session(self._root, begin, self._limits)
        try:
            session.feed(mend(self._window.slice(begin, end)))
        except Broken:
            return None
        finally:
            session.close()
        elements = session.take()
        whole = session.open is None and session.reached == session.fed and not session.ended
        return elements[0] if whole and len(elements) == 1 else None

    def _lost(self, name: str | None, begin: int, error: Broken) -> Omission:
        if name == "record":
            self.records += 1
        where = f"after record {self.records}" if not name else printable(name, 40)
        while self._window.end < begin + 2 * EXCERPT and self._window.more(begin):
            continue
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
