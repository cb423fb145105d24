"""What stands before the content of <feedback>, and how <feedback> itself is written."""

import re
from xml.parsers import expat

from mailworthy.reports.aggregate.flaws import Flaws
from mailworthy.reports.aggregate.limits import Limits
from mailworthy.reports.aggregate.session import Root
from mailworthy.reports.aggregate.window import Window
from mailworthy.reports.model import Fault

NAMESPACE = "urn:ietf:params:xml:ns:dmarc-2.0"
NAMESPACES = (NAMESPACE, "http://dmarc.org/dmarc-xml/0.1")
STEP = 4096
Refusal = tuple[Fault, str]
_SPACE = b" \t\r\n"
_START = re.compile(rb"<((?:[A-Za-z_][\w.-]{0,99}:)?feedback)(?=[\s/>])")
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_REST = re.compile(rb"""<[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>""")
_ATTRIBUTE = re.compile(r"""(xmlns(?::[\w.-]{1,100})?)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')""")


class _Found(Exception):
    """The start of <feedback>."""


class _Doctype(Exception):
    """A document type, which could bring entities."""


def root(window: Window, flaws: Flaws, limits: Limits) -> tuple[Root, int] | Refusal:
    """How <feedback> is written and where its content begins, or why there is none.

    Elements around <feedback> are passed over, and so is what stands before the XML.
    """
    if not window.data and not window.more(0):
        return Fault.EMPTY, "nothing in it"
    begin = _markup(window, limits)
    if begin is None:
        return Fault.UNKNOWN_FORMAT, "no XML"
    if window.slice(window.start, begin):
        flaws.add("junk-before")
    at = _walk(window, begin, flaws, limits)
    return at if isinstance(at, tuple) else _root(window, at, flaws, limits)


def _markup(window: Window, limits: Limits) -> int | None:
    """Where XML begins."""
    while (at := window.find(b"<", window.start)) < 0:
        if window.end - window.start > limits.preamble or not window.more(window.start):
            return None
    return at


def _walk(window: Window, begin: int, flaws: Flaws, limits: Limits) -> int | Refusal:
    """Where the start tag of <feedback> begins."""
    parser = Walk(limits)
    fed = begin
    while True:
        piece = window.slice(fed, fed + STEP)
        try:
            parser.feed(piece)
        except _Found:
            if parser.depth:
                flaws.add("wrapped")
            return begin + parser.at
        except _Doctype:
            return Fault.DOCTYPE, "it has a DOCTYPE, which no report needs and attacks use"
        except expat.ExpatError as error:
            return _search(window, begin, expat.ErrorString(error.code), flaws, limits)
        fed += len(piece)
        if fed - begin > limits.preamble:
            return Fault.UNKNOWN_FORMAT, f"no <feedback> in the first {limits.preamble} octets"
        if fed >= window.end and not window.more(window.start):
            return Fault.UNKNOWN_FORMAT, "XML without <feedback>"


class Walk:
    """Expat until it meets <feedback> or a document type."""

    def __init__(self, limits: Limits) -> None:
        self.at = 0
        self.depth = 0
        self._limit = limits.depth
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self.feed = self._parser.Parse

    def _doctype(self, *_parts: object) -> None:
        raise _Doctype

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "feedback" or self.depth > self._limit:
            self.at = self._parser.CurrentByteIndex
            raise _Found
        self.depth += 1


def _search(window: Window, begin: int, reason: str, flaws: Flaws, limits: Limits) -> int | Refusal:
    """<feedback> in a text that is not well-formed above it."""
    while not (match := _START.search(window.data)):
        if window.end - begin > limits.preamble or not window.more(window.start):
            return Fault.SYNTAX, f"not XML: {reason}"
    if _DOCTYPE.search(window.data, 0, match.start()):
        return Fault.DOCTYPE, "it has a DOCTYPE, which no report needs and attacks use"
    flaws.add("ill-formed", reason)
    return match.start() + window.start


def _root(window: Window, at: int, flaws: Flaws, limits: Limits) -> tuple[Root, int] | Refusal:
    """Read the start tag of <feedback>, which begins at `at`."""
    while not (match := _REST.match(window.data, at - window.start)):
        if window.end - at > limits.token or not window.more(window.start):
            return Fault.SYNTAX, "<feedback> breaks off"
    name = _START.match(match[0])
    if name is None:
        return Fault.UNKNOWN_FORMAT, "elements without end before <feedback>"
    if match[0].endswith(b"/>"):
        return Fault.MISSING, "<feedback> is empty"
    return _tag(name[1].decode(), match[0].decode()), match.end() + window.start


def _tag(tag: str, text: str) -> Root:
    declared = {key: a or b for key, a, b in _ATTRIBUTE.findall(text)}
    prefix = tag[: -len("feedback")]
    namespace = declared.get(f"xmlns:{prefix[:-1]}" if prefix else "xmlns", "").strip()
    same = frozenset((*NAMESPACES, namespace, ""))
    others = [k[6:] + ":" for k, uri in declared.items() if k != "xmlns" and uri.strip() in same]
    return Root(tag, prefix, namespace, frozenset((prefix, *others)), same)
