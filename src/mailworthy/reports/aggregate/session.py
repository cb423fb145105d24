"""A safe XML parser for what stands inside <feedback>: expat, bounded, element by element."""

from xml.parsers import expat

import msgspec

from mailworthy.reports.aggregate.element import FOREIGN, Element
from mailworthy.reports.aggregate.limits import Limits

LONG = 4096  # characters of one element; what is longer means nothing to us
NAMES = 1000  # different names of elements; beyond, what is known of them is learned anew


class Broken(Exception):
    """The text is not well-formed, or beyond a limit.

    `at` is the octet where this shows, `until` how far the text was looked at for that.
    """

    def __init__(self, reason: str, at: int, until: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at
        self.until = max(at, until)


class Root(msgspec.Struct, frozen=True):
    """How a report writes its outermost element.

    `prefix` is that of its tag with the colon. `prefixes` and `namespaces` are all that mean the
    elements of a report; none at all is among them, as software that strays from one writes it.
    """

    tag: str
    prefix: str
    namespace: str
    prefixes: frozenset[str]
    namespaces: frozenset[str]

    @property
    def opening(self) -> bytes:
        """A start tag that puts a parser inside the report."""
        return f"<{self.tag}>".encode()


class Names(dict[str, str]):
    """Names of tags to local names; "" for those of other namespaces."""

    def __init__(self, root: Root) -> None:
        self._prefixes = root.prefixes

    def __missing__(self, tag: str) -> str:
        if len(self) >= NAMES:
            self.clear()
        prefix, colon, local = tag.rpartition(":")
        self[tag] = name = local if prefix + colon in self._prefixes else ""
        return name


def _read_at_once(parser: expat.XMLParserType) -> None:
    """Have a token read as soon as it is whole. Newer expat waits for more, as it would otherwise
    take quadratic time for long tokens that come in pieces; ours are bounded."""
    if set_deferral := getattr(parser, "SetReparseDeferralEnabled", None):
        set_deferral(False)


class Session:
    """A parser that stands inside <feedback>, from the octet `begin` of the text on.

    `feed` gives it the text that follows. `done` are the children of <feedback> that are whole,
    until somebody takes them; `ended` tells that <feedback> itself was closed; `stray` is the text
    between children. Positions are those in the text.
    """

    def __init__(self, root: Root, begin: int, limits: Limits) -> None:
        self.done: list[Element] = []
        self.ended = False
        self.stray = ""
        self.fed = self.begin = begin
        self._limits = limits
        self._names = Names(root)
        self._namespaces = root.namespaces
        self._tags: list[str] = []
        self._texts: list[str] = []
        self._stack: list[int] = []  # where the tags of what is open stand, without <feedback>
        self._opened = self._closed = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        _read_at_once(self._parser)
        self._parser.Parse(root.opening, False)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._shift = begin - len(root.opening)

    def feed(self, data: bytes) -> None:
        """Read on. Raises Broken; what was whole before that place is in `done`."""
        self.fed += len(data)
        try:
            self._parser.Parse(data, False)
        except expat.ExpatError as error:
            if not self.ended:
                raise Broken(expat.ErrorString(error.code), self.reached) from None
        if self.ended:
            return
        if self.fed - self.reached > self._limits.token:
            raise Broken("a tag or comment without end", self.reached, self.fed)
        if self.fed - self.floor > self._limits.part:
            raise Broken("larger than any record", self.floor, self.fed)

    def close(self) -> None:
        """Let go of the parser, which holds on to us as we do to it."""
        self._parser.StartElementHandler = None
        self._parser.EndElementHandler = None
        self._parser.CharacterDataHandler = None

    @property
    def reached(self) -> int:
        """Where the parser stands: the beginning of the token that it has not seen the end of."""
        return self._parser.CurrentByteIndex + self._shift

    @property
    def floor(self) -> int:
        """The beginning of the child that is open; where the parser stands if none is."""
        return self._opened + self._shift if self._stack else self.reached

    @property
    def open(self) -> str | None:
        """The name of the child that is open."""
        return self._tags[0] if self._stack else None

    @property
    def finish(self) -> int:
        """Where the end tag that came last begins: that of <feedback> when it has ended."""
        return self._closed + self._shift

    def rests(self, closing: int) -> bool:
        """Whether the last octets fed, `closing` of them, were the end tag of a child."""
        return not self._stack and self.finish + closing == self.fed

    def take(self) -> list[Element]:
        """The children that are whole."""
        done, self.done = self.done, []
        return done

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._names[tag]
        if attributes:
            name = self._foreign(name, attributes)
        if self._stack:
            if name == "record" or len(self._stack) >= self._limits.depth:
                self._refuse(name)
        else:
            self._opened = self._parser.CurrentByteIndex
        self._stack.append(len(self._tags))
        self._tags.append(name)
        self._texts.append("")

    def _foreign(self, name: str, attributes: dict[str, str]) -> str:
        if len(attributes) > self._limits.attributes:
            raise Broken("too many attributes", self.reached)
        return name if attributes.get("xmlns", "") in self._namespaces else FOREIGN

    def _refuse(self, name: str) -> None:
        inner = name == "record"
        raise Broken("a record within a record" if inner else "too deep", self.reached)

    def _end(self, _tag: str) -> None:
        stack = self._stack
        if not stack:
            self.ended = True
            self._closed = self._parser.CurrentByteIndex
            return
        self._tags.append("/" + self._tags[stack.pop()])
        self._texts.append("")
        if not stack:
            self._closed = self._parser.CurrentByteIndex
            texts = [*map(str.strip, self._texts), ""]
            self.done.append(Element(tuple(self._tags), texts))
            self._tags, self._texts = [], []

    def _text(self, data: str) -> None:
        if not self._stack:
            self.stray = self.stray or data.strip()
        elif len(self._texts[self._stack[-1]]) < LONG:
            self._texts[self._stack[-1]] += data
