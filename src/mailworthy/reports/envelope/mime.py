"""A mail as its parts, in one pass over its lines (RFC 2045, RFC 2046 §5.1, §5.2.1).

The parts are spans of the octets that came: nothing is copied, whatever is nested in what. What
is read but once cannot be quadratic; what is nested too deeply or comes too often is left out.
"""

import re
from collections.abc import Iterator

import msgspec

from mailworthy.message import header as messages
from mailworthy.reports.envelope.fields import Value, filename, value
from mailworthy.reports.envelope.limits import Limits, Trouble
from mailworthy.reports.model import Fault

_DASHES = re.compile(rb"^--[^\r\n]*", re.MULTILINE)
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_PLAIN = Value("text/plain")
_MESSAGE = Value("message/rfc822")
_MESSAGES = frozenset({"message/rfc822", "message/global"})
_IDENTITY = frozenset({"", "7bit", "8bit", "binary"})


class Mail(msgspec.Struct, frozen=True):
    """A mail, or one within another: a span of the octets that came.

    `type` is its own Content-Type. `outer` is the mail that it was found in: whatever stands in
    the header of a mail that has one was never seen by our own server. Nor was that of a mail
    that is `enclosed`: it lay in an archive, an mbox or a compressed file.
    """

    data: bytes
    start: int
    body: int
    end: int
    type: Value
    outer: "Mail | None" = None
    enclosed: bool = False

    @property
    def raw(self) -> bytes:
        """All of it, to the octet: what a signature covers."""
        return self.data[self.start : self.end]

    @property
    def header(self) -> bytes:
        """The header, with the empty line that ends it."""
        return self.data[self.start : self.body]

    @property
    def message(self) -> messages.Message:
        """The header read as fields."""
        return messages.read(self.header)


class Part(msgspec.Struct, frozen=True):
    """A part that holds no other: `mail.data[start:end]` is its body, still encoded.

    `number` counts as IMAP does ("2.1", RFC 9051 §6.4.5). `within` is the type of the multipart
    around it. `quoted` says that it is a message that something is told about, such as the one
    that bounced, and no message to us.
    """

    number: str
    type: Value
    filename: str
    encoding: str
    start: int
    end: int
    mail: Mail
    within: str = ""
    quoted: bool = False


class Split(msgspec.Struct, frozen=True):
    """A mail's parts, all mails within it (itself the first), and what was left out."""

    parts: tuple[Part, ...]
    mails: tuple[Mail, ...]
    troubles: tuple[Trouble, ...] = ()


class _Frame:
    """A multipart that is open, or (without boundary) a message in another."""

    def __init__(self, number: str, type_: Value, boundary: bytes | None, mail: int) -> None:
        self.number = number
        self.type = type_
        self.boundary = boundary
        self.mail = mail
        self.children = 0


class _Leaf(msgspec.Struct):
    number: str
    type: Value
    filename: str
    encoding: str
    start: int
    mail: int
    within: str
    quoted: bool
    end: int = 0


class _Letter(msgspec.Struct):
    start: int
    body: int
    type: Value
    outer: int | None
    end: int


def split(
    data: bytes,
    limits: Limits | None = None,
    *,
    outer: Mail | None = None,
    enclosed: bool = False,
) -> Split:
    """Cut a mail into its parts. Never raises; linear in its length.

    A line that delimits an outer multipart ends all inner ones, and a multipart that is not closed
    ends with the mail. A message within a multipart/report, and one that is encoded, is a part
    like others and is not looked into.
    """
    return _Splitter(data, limits or Limits()).run(outer, enclosed)


class _Splitter:
    def __init__(self, data: bytes, limits: Limits) -> None:
        self.data = data
        self.limits = limits
        self.frames: list[_Frame] = []
        self.boundaries: dict[bytes, int] = {}
        self.letters: list[_Letter] = []
        self.leaves: list[_Leaf] = []
        self.leaf: _Leaf | None = None
        self.entities = 0
        self.troubles: dict[Fault, Trouble] = {}

    def run(self, outer: Mail | None, enclosed: bool) -> Split:
        at = self.message(0, "", _PLAIN)
        while at is not None and (line := self.delimiter(at)):
            at = self.turn(line)
        self.close(0, len(self.data))
        mails = self.mails(outer, enclosed)
        return Split(tuple(self.parts(mails)), mails, tuple(self.troubles.values()))

    def delimiter(self, at: int) -> re.Match[bytes] | None:
        """The next line that is a boundary of an open multipart."""
        if not self.boundaries:
            return None
        for line in _DASHES.finditer(self.data, at):
            if self.frame_of(line[0]) is not None:
                return line
        return None

    def frame_of(self, line: bytes) -> int | None:
        text = line[2:].rstrip(b" \t")
        if text in self.boundaries:
            return self.boundaries[text]
        return self.boundaries.get(text[:-2]) if text.endswith(b"--") else None

    def turn(self, line: re.Match[bytes]) -> int | None:
        """Go on after a delimiter: with the next part, or with what follows the last one."""
        index = self.frame_of(line[0])
        assert index is not None  # `delimiter` has just found it
        last = line[0][2:].rstrip(b" \t") != self.frames[index].boundary
        self.close(index if last else index + 1, self.before(line.start()))
        newline = self.data.find(b"\n", line.end())
        after = len(self.data) if newline < 0 else newline + 1
        if last:
            return after
        frame = self.frames[index]
        frame.children += 1
        number = f"{frame.number}.{frame.children}".lstrip(".")
        default = _MESSAGE if frame.type.word == "multipart/digest" else _PLAIN
        return self.entity(after, number, default)

    def before(self, at: int) -> int:
        """Where a part ends: the line end before a delimiter belongs to that."""
        if self.data.endswith(b"\r\n", 0, at):
            return at - 2
        return at - 1 if self.data.endswith(b"\n", 0, at) else at

    def close(self, depth: int, at: int) -> None:
        """End the open part and every frame from `depth` on."""
        if self.leaf:
            self.leaf.end = max(self.leaf.start, at)
            self.leaf = None
        for frame in self.frames[depth:]:
            if frame.boundary is None:
                self.letters[frame.mail].end = max(self.letters[frame.mail].body, at)
        del self.frames[depth:]
        self.know()

    def know(self) -> None:
        self.boundaries = {
            frame.boundary: index
            for index, frame in enumerate(self.frames)
            if frame.boundary is not None
        }

    def message(self, at: int, number: str, default: Value) -> int | None:
        """A mail begins: the one that came, or one within it."""
        outer = self.frames[-1].mail if self.frames else None
        letter = _Letter(at, at, default, outer, len(self.data))
        self.letters.append(letter)
        self.frames.append(_Frame(number, _PLAIN, None, len(self.letters) - 1))
        return self.entity(at, number, default)

    def entity(self, at: int, number: str, default: Value) -> int | None:
        """A header, and what it says follows; None where nothing more is to be read."""
        self.entities += 1
        if self.entities > self.limits.parts:
            self.complain(Fault.TOO_MANY, f"a mail of more than {self.limits.parts} parts")
            return None
        body = self.header_end(at)
        fields = messages.read(self.data[at:body])
        type_ = self.field(fields, b"content-type") or default
        letter = self.letters[self.frames[-1].mail]
        if letter.start == at:
            letter.body, letter.type = body, type_
        if len(self.frames) > self.limits.nesting:
            self.complain(Fault.TOO_DEEP, f"parts nested more than {self.limits.nesting} deep")
            return body
        return self.inside(fields, type_, number, body)

    def inside(self, fields: messages.Message, type_: Value, number: str, body: int) -> int | None:
        encoding = (self.field(fields, b"content-transfer-encoding") or Value("")).word
        boundary = type_.get("boundary").encode("utf-8", "surrogateescape").rstrip(b" \t")
        if type_.word.startswith("multipart/") and boundary:
            self.frames.append(_Frame(number, type_, boundary, self.frames[-1].mail))
            self.know()
            return body
        around = self.frames[-1].type.word
        quoted = around == "multipart/report" and type_.word in _MESSAGES
        if type_.word in _MESSAGES and encoding in _IDENTITY and not quoted:
            return self.message(body, number, _PLAIN)
        disposition = self.field(fields, b"content-disposition") or Value("")
        name = filename(disposition, type_)
        mail = self.frames[-1].mail
        number = number or "1"
        self.leaf = _Leaf(number, type_, name, encoding, body, mail, around, quoted)
        self.leaves.append(self.leaf)
        return body

    def field(self, fields: messages.Message, name: bytes) -> Value | None:
        found = fields.places.get(name)
        return value(fields.lines[found[0]].partition(b":")[2]) if found else None

    def header_end(self, at: int) -> int:
        """Where the body begins: after the empty line, or at a delimiter that comes before."""
        if self.data.startswith((b"\n", b"\r\n"), at):
            return self.data.index(b"\n", at) + 1
        limit = min(len(self.data), at + self.limits.header)
        empty = _EMPTY_LINE.search(self.data, at, limit)
        end = empty.end() if empty else limit
        for line in _DASHES.finditer(self.data, at, end):
            if self.frame_of(line[0]) is not None:
                return line.start()
        if not empty and limit < len(self.data):
            self.complain(Fault.TOO_LARGE, f"a header of more than {self.limits.header} octets")
        return end

    def complain(self, fault: Fault, reason: str) -> None:
        self.troubles.setdefault(fault, Trouble(fault, reason))

    def mails(self, outer: Mail | None, enclosed: bool) -> tuple[Mail, ...]:
        made: list[Mail] = []
        for one in self.letters:
            around = outer if one.outer is None else made[one.outer]
            span = (self.data, one.start, one.body, one.end)
            made.append(Mail(*span, one.type, around, enclosed))
        return tuple(made)

    def parts(self, mails: tuple[Mail, ...]) -> Iterator[Part]:
        for leaf in self.leaves:
            yield Part(
                leaf.number,
                leaf.type,
                leaf.filename,
                leaf.encoding,
                leaf.start,
                leaf.end,
                mails[leaf.mail],
                leaf.within,
                leaf.quoted,
            )
