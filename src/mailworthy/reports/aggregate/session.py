"""A safe XML parser for what stands inside <feedback>: expat, bounded, element by element."""

from xml.parsers import expat

import msgspec

from mailworthy.reports.aggregate.limits import Limits
from mailworthy.reports.aggregate.node import Node

LONG = 4096  # characters of one element; what is longer means nothing to us
NAMES = 1000  # different names of elements; beyond, what is known of them is learned anew


class Broken(Exception):
    """The text is not well-formed, or beyond a limit; `at` is the octet where this shows."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


class Root(msgspec.Struct, frozen=True):
    """How a report writes its outermost element.

    `prefix` is that of its tag with the colon, `prefixes` are all that mean the same namespace.
    """

    tag: str
    prefix: str
    namespace: str
    prefixes: frozenset[str]

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


class Session:
    """A parser that stands inside <feedback>, from the octet `begin` of the text on.

    `feed` gives it the text that follows. `done` are the children of <feedback> that are whole,
    until somebody takes them; `ended` tells that <feedback> itself was closed. Positions are
    those in the text.
    """

    def __init__(self, root: Root, begin: int, limits: Limits) -> None:
        self.done: list[Node] = []
        self.ended = False
        self.fed = self.begin = begin
        self._limits = limits
        self._names = Names(root)
        self._namespace = root.namespace
        self._stack: list[Node] = []
        self._opened = self._closed = self._ended = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.Parse(root.opening, False)
        self._shift = begin - len(root.opening)

    def feed(self, data: bytes) -> None:
        """Read on. Raises Broken; what was whole before that place is in `done`."""
        self.fed += len(data)
        try:
            self._parser.Parse(data, False)
        except expat.ExpatError as error:
            if not self.ended:
                raise Broken(expat.ErrorString(error.code), self.reached) from None
        if self.fed - self.reached > self._limits.token:
            raise Broken("a tag or comment without end", self.reached)
        if self.fed - self.floor > self._limits.part:
            raise Broken("larger than any record", self.floor)

    @property
    def reached(self) -> int:
        """Where the parser stands: the beginning of the token that it has not seen the end of."""
        return self._parser.CurrentByteIndex + self._shift

    @property
    def floor(self) -> int:
        """The beginning of the child that is open; where the parser stands if none is."""
        return self._opened + self._shift if len(self._stack) > 1 else self.reached

    @property
    def open(self) -> str | None:
        """The name of the child that is open."""
        return self._stack[1].name if len(self._stack) > 1 else None

    @property
    def finish(self) -> int:
        """Where </feedback> begins, when it has been seen."""
        return self._ended + self._shift

    def rests(self, closing: int) -> bool:
        """Whether the last octets fed, `closing` of them, were the end tag of a child."""
        return len(self._stack) == 1 and self._closed + self._shift + closing == self.fed

    def take(self) -> list[Node]:
        """The children that are whole."""
        done, self.done = self.done, []
        return done

    def stray(self) -> str:
        """The text between children since it was last asked for."""
        if not self._stack:
            return ""
        root = self._stack[0]
        text, root.text = root.text, ""
        return text

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        stack = self._stack
        name = self._names[tag]
        if attributes:
            name = self._foreign(name, attributes)
        depth = len(stack)
        node = Node(name)
        if depth > 1:
            if name == "record" or depth > self._limits.depth:
                self._refuse(name)
            stack[-1].kids.append(node)
        elif depth:
            self._opened = self._parser.CurrentByteIndex
        stack.append(node)

    def _foreign(self, name: str, attributes: dict[str, str]) -> str:
        if len(attributes) > self._limits.attributes:
            raise Broken("too many attributes", self.reached)
        namespace = attributes.get("xmlns", self._namespace)
        return name if namespace == self._namespace else ""

    def _refuse(self, name: str) -> None:
        inner = name == "record"
        raise Broken("a record within a record" if inner else "too deep", self.reached)

    def _end(self, _tag: str) -> None:
        stack = self._stack
        node = stack.pop()
        if len(stack) == 1:
            self._closed = self._parser.CurrentByteIndex
            self.done.append(node)
        elif not stack:
            self.ended = True
            self._ended = self._parser.CurrentByteIndex

    def _text(self, data: str) -> None:
        node = self._stack[-1]
        if len(node.text) < LONG:
            node.text += data
