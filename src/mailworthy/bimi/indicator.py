"""The picture of an assertion record: SVG Tiny PS (draft-svg-tiny-ps-abrotman).

An individual draft: sections are named by their headings.
"""

import zlib
from xml.parsers import expat

import msgspec

from mailworthy.names import printable
from mailworthy.parsed import Parsed, Problem

MAX_OCTETS = 1 << 20  # of a picture that was unpacked
RECOMMENDED = 32 * 1024
_SVG = "http://www.w3.org/2000/svg"
# What a picture that others show must not hold (SVG Tiny PS, Content).
_FORBIDDEN = frozenset(
    {
        *("script", "image", "foreignObject", "animate", "animateMotion", "animateTransform"),
        *("animateColor", "set", "a", "audio", "video", "animation", "handler", "listener"),
    }
)


class Indicator(msgspec.Struct, frozen=True):
    """A picture that could be read. `profile` and `version` are those of its first element."""

    profile: str
    version: str
    title: bool
    octets: int


def read(data: bytes) -> Parsed[Indicator]:
    """Read a picture, packed with gzip (SVGZ) or not. Never raises.

    Without a record: too-large, not-xml, document-type, not-svg. With one: not-tiny-ps,
    no-title, not-square, forbidden-element, outside-reference, large.
    """
    text = _unpacked(data)
    if text is None or len(text) > MAX_OCTETS:
        return Parsed(None, (Problem("too-large", f"it has more than {MAX_OCTETS} octets"),))
    seen = _Seen()
    try:
        seen.read(text)
    except _Refused as refused:
        return Parsed(None, (refused.problem,))
    except (expat.ExpatError, ValueError, LookupError) as error:
        return Parsed(None, (Problem("not-xml", printable(f"it is no XML: {error}", 120)),))
    if len(text) > RECOMMENDED:
        seen.note("large", f"it has {len(text)} octets, more than {RECOMMENDED}")
    found = Indicator(seen.profile, seen.version, seen.title, len(text))
    return Parsed(found, tuple(seen.problems.values()))


def _unpacked(data: bytes) -> bytes | None:
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return zlib.decompressobj(31).decompress(data, MAX_OCTETS + 1)
    except zlib.error:
        return b""


class _Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(code, message)


class _Seen:
    """What one pass over the elements tells."""

    def __init__(self) -> None:
        self.profile = self.version = ""
        self.title = False
        self.depth = 0
        self.problems: dict[str, Problem] = {}

    def note(self, code: str, message: str) -> None:
        self.problems.setdefault(code, Problem(code, message))

    def read(self, text: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.Parse(text, True)
        if not self.title:
            self.note("no-title", "it has no <title>")

    def doctype(self, *_: object) -> None:
        raise _Refused("document-type", "it has a document type declaration")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if self.depth == 0:
            self.root(space, local, attributes)
        self.title = self.title or (self.depth == 1 and local == "title")
        self.depth += 1
        if local in _FORBIDDEN:
            self.note("forbidden-element", f"it holds <{local}>")
        for key, value in attributes.items():
            if key.rpartition(" ")[2] == "href" and not value.strip().startswith("#"):
                shown = printable(value, 60)
                self.note("outside-reference", f"it refers to {shown}, outside of itself")

    def end(self, name: str) -> None:
        self.depth -= 1

    def root(self, space: str, local: str, attributes: dict[str, str]) -> None:
        if local != "svg" or space not in (_SVG, ""):
            raise _Refused("not-svg", f"its first element is <{printable(local, 40)}>, not <svg>")
        self.profile = printable(attributes.get("baseProfile", ""), 40)
        self.version = printable(attributes.get("version", ""), 40)
        if (self.profile, self.version) != ("tiny-ps", "1.2"):
            said = f"version {self.version or 'none'}, profile {self.profile or 'none'}"
            self.note("not-tiny-ps", f"it is SVG ({said}), not version 1.2, profile tiny-ps")
        box = attributes.get("viewBox", "").replace(",", " ").split()
        if len(box) == 4 and box[2] != box[3]:
            self.note("not-square", "it is not square")
