"""What a mail server is answered, as values and as octets."""

import re
import struct
from typing import TypeAlias

import msgspec

from mailworthy.errors import UsageError
from mailworthy.milter.wire.words import Response, Stage
from mailworthy.names import printable

MOST_LINES = 32  # of an SMTP reply, as libmilter has it
WIDTH = 400  # characters of text in a line; RFC 5321 §4.5.3.1.5 allows 512 octets in all
_CODE = re.compile(r"[45][0-9]{2}")
_ENHANCED = re.compile(r"[45]\.[0-9]{1,3}\.[0-9]{1,3}")
_NAME = re.compile(rb"[!-9;-~]+")


class Accept(msgspec.Struct, frozen=True):
    """Take it, and ask this filter no more."""


class Continue(msgspec.Struct, frozen=True):
    """Go on."""


class Reject(msgspec.Struct, frozen=True):
    """Refuse, with the mail server's own words."""


class Tempfail(msgspec.Struct, frozen=True):
    """Not now, with the mail server's own words."""


class Discard(msgspec.Struct, frozen=True):
    """Take it and drop it."""


class Skip(msgspec.Struct, frozen=True):
    """No more of the body is needed."""


class Progress(msgspec.Struct, frozen=True):
    """Still at work: wait on."""


class ReplyCode(msgspec.Struct, frozen=True):
    """An SMTP reply of our own: "550", "5.7.1" (or nothing) and printable ASCII text.

    Raises UsageError for a code that refuses nothing, and for two that contradict each other.
    """

    code: str
    enhanced: str
    text: str

    def __post_init__(self) -> None:
        good = _CODE.fullmatch(self.code) and (
            not self.enhanced
            or (_ENHANCED.fullmatch(self.enhanced) and self.enhanced[0] == self.code[0])
        )
        if not good:
            raise UsageError(f"{printable(f'{self.code} {self.enhanced}', 40)} refuses nothing")


class AddHeader(msgspec.Struct, frozen=True):
    """A field at the end of the header."""

    name: bytes
    value: bytes


class InsertHeader(msgspec.Struct, frozen=True):
    """A field at a place of the header: 0 is the very top."""

    index: int
    name: bytes
    value: bytes


class ChangeHeader(msgspec.Struct, frozen=True):
    """Another value for the field number `index` of this name, counted from 1 at the top; an
    empty one takes the field out."""

    index: int
    name: bytes
    value: bytes = b""


class Quarantine(msgspec.Struct, frozen=True):
    """Hold the message until somebody has looked at it."""

    reason: str


class Options(msgspec.Struct, frozen=True):
    """The answer to an offer: what is used of it, and which macros are wanted when."""

    version: int
    actions: int
    steps: int
    macros: tuple[tuple[Stage, str], ...] = ()


Reply: TypeAlias = (
    Accept
    | Continue
    | Reject
    | Tempfail
    | Discard
    | Skip
    | Progress
    | ReplyCode
    | AddHeader
    | InsertHeader
    | ChangeHeader
    | Quarantine
    | Options
)

_BARE: dict[type[msgspec.Struct], Response] = {
    Accept: Response.ACCEPT,
    Continue: Response.CONTINUE,
    Reject: Response.REJECT,
    Tempfail: Response.TEMPFAIL,
    Discard: Response.DISCARD,
    Skip: Response.SKIP,
    Progress: Response.PROGRESS,
}


def encode(reply: Reply) -> bytes:
    """The whole frame of a reply. Raises UsageError for a header field that is none."""
    payload = _payload(reply)
    return struct.pack(">I", len(payload)) + payload


def _payload(reply: Reply) -> bytes:  # noqa: PLR0911 - one line a kind
    match reply:
        case ReplyCode():
            return Response.REPLYCODE.encode() + reply_text(reply) + b"\0"
        case AddHeader(name, value):
            return Response.ADDHEADER.encode() + _field(name, value)
        case InsertHeader(index, name, value):
            return Response.INSHEADER.encode() + struct.pack(">I", index) + _field(name, value)
        case ChangeHeader(index, name, value):
            return Response.CHGHEADER.encode() + struct.pack(">I", index) + _field(name, value)
        case Quarantine(reason):
            return Response.QUARANTINE.encode() + printable(reason, WIDTH).encode() + b"\0"
        case Options():
            return _options(reply)
        case _:
            return _BARE[type(reply)].encode()


def _options(options: Options) -> bytes:
    head = struct.pack(">III", options.version, options.actions, options.steps)
    lists = (struct.pack(">I", stage) + names.encode() + b"\0" for stage, names in options.macros)
    return b"O" + head + b"".join(lists)


def _field(name: bytes, value: bytes) -> bytes:
    """A field with its lines ended by LF alone. What would end the header is refused."""
    lines = value.replace(b"\r\n", b"\n")
    if not _NAME.fullmatch(name) or b"\0" in lines or b"\r" in lines or _ends(lines):
        raise UsageError(f"{printable(name.decode('latin-1'), 60)}: this is no header field")
    return name + b"\0" + lines + b"\0"


def _ends(lines: bytes) -> bool:
    """Whether some line but the first begins with anything but white space."""
    return any(line[:1] not in (b" ", b"\t") for line in lines.split(b"\n")[1:])


def reply_text(reply: ReplyCode) -> bytes:
    """The lines of an SMTP reply; every percent sign twice, since Sendmail reads a format."""
    lines = _lines(printable(reply.text).replace("…", "...") or "refused")
    enhanced = f"{reply.enhanced} " if reply.enhanced else ""
    last = len(lines) - 1
    told = [
        f"{reply.code}{' ' if i == last else '-'}{enhanced}{line}" for i, line in enumerate(lines)
    ]
    return "\r\n".join(told).replace("%", "%%").encode("ascii")


def _lines(text: str) -> list[str]:
    """The words of a text in lines of at most WIDTH characters, and not too many of those."""
    lines = [""]
    for word in text.split():
        for piece in (word[i : i + WIDTH] for i in range(0, len(word), WIDTH)):
            if lines[-1] and len(lines[-1]) + 1 + len(piece) > WIDTH:
                lines.append("")
            lines[-1] += f" {piece}" if lines[-1] else piece
    return lines[:MOST_LINES] if lines[0] else ["refused"]
