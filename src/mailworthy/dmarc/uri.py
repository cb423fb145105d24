"""DMARC reporting URIs: the lists in rua= and ruf= (RFC 9989 §4.6, §4.8; RFC 3986, RFC 6068)."""

import re
from urllib.parse import quote, unquote

import msgspec

from mailworthy.errors import UsageError
from mailworthy.names import MAX_NAME, is_fqdn, normalize, printable
from mailworthy.parsed import Problem
from mailworthy.taglist import Tag

MAX_URIS = 100
_UNITS = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}
_SIZE = re.compile(r"!([0-9]+)([kmgt]?)\Z", re.IGNORECASE)
_SIZE_DIGITS = 15  # more is more than any report has
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_URI_CHARS = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@$&'()*+=]|%[0-9A-Fa-f]{2})*")
_AUTHORITY = re.compile(r"//(?:[^/?#@]*@)?(\[[^\]/?#]*\]|[^:/?#@]*)")
_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATEXT}(?:\.{_ATEXT})*")
_MAX_LOCAL = 64  # RFC 5321 §4.5.3.1.1


class ReportUri(msgspec.Struct, frozen=True):
    """One syntactically valid destination.

    `text` is what was written, `uri` the same without the obsolete size; `address` is the
    mailbox of a mailto, decoded, and empty for other schemes; `host` is in the inside form.
    `size` is that obsolete limit in octets, which reporters ignore. Offsets are those of the
    whole record.
    """

    uri: str
    scheme: str
    address: str = ""
    host: str = ""
    size: int | None = None
    text: str = ""
    start: int = 0
    end: int = 0

    @property
    def usable(self) -> bool:
        """Whether reporters must support it: mailto is the only such scheme."""
        return self.scheme == "mailto"


def mailto(address: str) -> ReportUri:
    """The URI of a mailbox, encoded as RFC 6068 §2 and RFC 9989 §4.8 ask.

    Raises UsageError for what is no ASCII mail address.
    """
    if not _is_mailbox(address):
        raise UsageError(f"{printable(address, 60)} is not a mail address")
    uri = "mailto:" + quote(address, safe="@+$'*-._~")
    host = normalize(address.rpartition("@")[2])
    return ReportUri(uri, "mailto", address, host, text=uri)


def read(tag: Tag) -> tuple[tuple[ReportUri, ...], list[Problem]]:
    """The valid URIs of a rua= or ruf= tag in the order written, and what is wrong.

    Problem codes: uri-empty, uri-space, uri-no-scheme, uri-bad-scheme (kept: receivers ignore
    it), uri-bad-mailbox, uri-bad-character, uri-duplicate, obsolete-size, too-many-uris.
    """
    found: list[ReportUri] = []
    problems: list[Problem] = []
    at = tag.value_start
    pieces = tag.value.split(",", MAX_URIS)
    if len(pieces) > MAX_URIS:
        problems.append(Problem("too-many-uris", f"more than {MAX_URIS} URIs", tag.start, tag.end))
    for piece in pieces[:MAX_URIS]:
        text = piece.strip(" \t\r\n")
        start = at + len(piece) - len(piece.lstrip(" \t\r\n"))
        result = _Piece(text, start, problems).read()
        if result is not None and any(result.uri == other.uri for other in found):
            problems.append(
                Problem("uri-duplicate", "this URI is listed twice", start, start + len(text))
            )
        elif result is not None:
            found.append(result)
        at += len(piece) + 1
    return tuple(found), problems


class _Piece:
    """One URI of a list, at its place."""

    def __init__(self, text: str, start: int, problems: list[Problem]) -> None:
        self.text = text
        self.start = start
        self.problems = problems

    def note(self, code: str, message: str) -> None:
        end = self.start + max(1, len(self.text))
        self.problems.append(Problem(code, message, self.start, end))

    def read(self) -> ReportUri | None:
        uri, size = self.size()
        if not self.plain(uri):
            return None
        scheme = _SCHEME.match(uri)
        if scheme is None:
            hint = f", write mailto:{printable(uri, 60)}" if "@" in uri else ""
            self.note("uri-no-scheme", f"a URI needs a scheme{hint}")
            return None
        name, rest = scheme[1].lower(), uri[scheme.end() :]
        if name != "mailto":
            return self.other(uri, name, rest, size)
        address = unquote(rest.partition("?")[0], encoding="latin-1")
        if not _is_mailbox(address):
            self.note("uri-bad-mailbox", f"{printable(address, 60)} is not a mail address")
            return None
        host = normalize(address.rpartition("@")[2])
        return self.made(uri, name, address, host, size)

    def other(self, uri: str, scheme: str, rest: str, size: int | None) -> ReportUri:
        self.note("uri-bad-scheme", f"receivers need not support {printable(scheme, 20)}:")
        authority = _AUTHORITY.match(rest)
        return self.made(uri, scheme, "", _host(authority[1]) if authority else "", size)

    def made(self, uri: str, scheme: str, address: str, host: str, size: int | None) -> ReportUri:
        end = self.start + len(self.text)
        return ReportUri(uri, scheme, address, host, size, self.text, self.start, end)

    def size(self) -> tuple[str, int | None]:
        """The URI without its size, and the size (obs-dmarc-report-size)."""
        found = _SIZE.search(self.text)
        if found is None:
            return self.text, None
        self.note("obsolete-size", "a size limit after the URI is obsolete and ignored")
        digits = found[1][:_SIZE_DIGITS]
        return self.text[: found.start()], int(digits) << _UNITS[found[2].lower()]

    def plain(self, uri: str) -> bool:
        """Whether only characters stand there that a DMARC URI may hold."""
        if not uri:
            self.note("uri-empty", "a URI is missing")
        elif re.search(r"[ \t\r\n]", uri):
            self.note("uri-space", "white space stands inside a URI; a comma separates two")
        elif not _URI_CHARS.fullmatch(uri):
            hint = ": write %21 for the exclamation mark" if "!" in uri else ""
            self.note("uri-bad-character", f"a character is not allowed in a URI{hint}")
        else:
            return True
        return False


def _is_mailbox(address: str) -> bool:
    """RFC 5321 §4.1.2 with a dot-string; reports go to ASCII addresses (RFC 8616 §6)."""
    local, at, domain = address.rpartition("@")
    if not at or len(local) > _MAX_LOCAL or not _LOCAL.fullmatch(local):
        return False
    return is_fqdn(_host(domain))


def _host(text: str) -> str:
    """The inside form of a host, or nothing for a text too long to be one."""
    return normalize(text) if text and len(text) <= MAX_NAME + 1 else ""
