"""What something is, told from how it begins; whatever its name or its label says."""

import re
from enum import StrEnum

import msgspec

from mailworthy.reports.envelope.streams import CHUNK
from mailworthy.reports.envelope.tararchive import is_header

_LOOK = 1 << 14  # characters of XML or JSON that are looked at
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_WIDE = ((re.compile(rb"[<{\s]\0"), "utf-16-le"), (re.compile(rb"\0[<{\s]"), "utf-16-be"))
_BLANK = b" \t\r\n\0"
_SPACE = " \t\r\n\ufeff\0"

_PROLOG = re.compile(r"(?:[\s\ufeff\0]++|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_DOCTYPE = re.compile(r"<!DOCTYPE\s+([\w:.-]+)", re.IGNORECASE)
_ROOTS = frozenset({"feedback", "schema", "report_metadata", "policy_published", "record"})
_OTHER_DOCTYPES = frozenset({"html", "svg", "plist"})
_LATER = re.compile(r"<\?xml\s|<(?:[\w.-]+:)?feedback[\s>]", re.IGNORECASE)
_JUNK = 1_000  # characters before the XML that are put up with

_KEYS = re.compile(
    r'"(?:organization-name|date-range|start-datetime|contact-info|report-id|policies|policy)"\s*:'
)

_FROM = re.compile(rb"From [^ \r\n][^\r\n]*")
_TIME = re.compile(rb"\d:\d\d")
_YEAR = re.compile(rb"(?:19|20)\d\d")
_FIELD = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")
_KNOWN = re.compile(
    rb"^(?:received|return-path|from|to|subject|date|message-id|mime-version|content-type"
    rb"|delivered-to|x-original-to|dkim-signature|authentication-results|arc-seal)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_EMPTY_LINE = re.compile(rb"\n\r?\n")

_MAGIC = (
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"(\xb5/\xfd", "compressed by Zstandard"),
    (b"\x1f\x9d", "compressed by compress"),
    (b"%PDF-", "a PDF document"),
    (b"\xd0\xcf\x11\xe0", "a mail as Outlook keeps it, or an old Office document"),
    (b"x\x9f>\x22", "winmail.dat (TNEF)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)


class Shape(StrEnum):
    """How octets are to be read."""

    EMPTY = "nothing"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZIP = "zip"
    TAR = "tar"
    XML = "xml"
    JSON = "json"
    MBOX = "mbox"
    MAIL = "mail"
    UNKNOWN = "unknown"


class Seen(msgspec.Struct, frozen=True):
    """A shape; of what is unknown, what it seems to be."""

    shape: Shape
    note: str = ""


_BINARY = (
    (re.compile(rb"\x1f\x8b\x08"), Shape.GZIP),
    (re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), Shape.BZIP2),
    (re.compile(rb"\xfd7zXZ\0"), Shape.XZ),
    (re.compile(rb"(?:PK\x07\x08|PK00)?PK\x03\x04|PK\x05\x06"), Shape.ZIP),
)


def recognise(head: bytes, *, loose: bool = True) -> Seen:
    """What begins so; `head` is the beginning, or all of what is shorter than 64 KiB.

    `loose` puts up with junk before XML, which is right for files and attachments, and wrong for
    what a person wrote. Never raises.
    """
    if not head.strip(_BLANK):
        return Seen(Shape.EMPTY if len(head) < CHUNK else Shape.UNKNOWN)
    for magic, shape in _BINARY:
        if magic.match(head):
            return Seen(shape)
    if is_header(head[:512]):
        return Seen(Shape.TAR)
    return _text(head, loose)


def _text(head: bytes, loose: bool) -> Seen:
    text = _decoded(head)
    start = text.lstrip(_SPACE)
    if not start:
        return Seen(Shape.EMPTY)
    if start[0] == "<":
        return _markup(text)
    return _json(start) if start[0] in "{[" else _lines(head, text, loose)


def _json(start: str) -> Seen:
    if _KEYS.search(start):
        return Seen(Shape.JSON)
    return Seen(Shape.UNKNOWN, "JSON, but no TLS report")


def _lines(head: bytes, text: str, loose: bool) -> Seen:
    if is_from_line(head) or (head.startswith(b"From ") and is_mail(head.partition(b"\n")[2])):
        return Seen(Shape.MBOX)
    if is_mail(head):
        return Seen(Shape.MAIL)
    if loose and _LATER.search(text, 0, _JUNK):
        return Seen(Shape.XML)
    return Seen(Shape.UNKNOWN, next((what for magic, what in _MAGIC if head.startswith(magic)), ""))


def _decoded(head: bytes) -> str:
    """The beginning as text; only ASCII letters count, so that the encoding hardly does."""
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return head[len(mark) : 2 * _LOOK].decode(encoding, "replace")[:_LOOK]
    for pattern, encoding in _WIDE:
        if pattern.match(head):
            return head[: 2 * _LOOK].decode(encoding, "replace")
    return head[:_LOOK].decode("latin-1")


def _markup(text: str) -> Seen:
    prolog = _PROLOG.match(text)
    at = prolog.end() if prolog else 0
    if doctype := _DOCTYPE.match(text, at):
        name = doctype[1].lower()
        return Seen(Shape.UNKNOWN, _page(name)) if name in _OTHER_DOCTYPES else Seen(Shape.XML)
    if root := _ROOT.match(text, at):
        name = root[1].lower()
        return Seen(Shape.XML) if name in _ROOTS else Seen(Shape.UNKNOWN, _page(name))
    unfinished = at >= len(text) or text.startswith(("<?", "<!--"), at)
    return Seen(Shape.XML) if unfinished else Seen(Shape.UNKNOWN, "no well-formed XML")


def _page(root: str) -> str:
    return "a web page" if root == "html" else f"XML, but no report: its root is {root[:40]}"


def is_from_line(line: bytes) -> bool:
    """Whether this begins with the line that mbox files have above a mail: with time and year."""
    found = _FROM.match(line[:500])
    return bool(found and _TIME.search(found[0]) and _YEAR.search(found[0]))


def is_mail(head: bytes) -> bool:
    """Whether this begins with the header of a mail, empty lines and a byte order mark aside."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if not _FIELD.match(start):
        return False
    end = _EMPTY_LINE.search(start)
    return bool(_KNOWN.search(start, 0, end.end() if end else len(start)))
