"""A message as header fields and a body, cut out of the bytes that came (RFC 5322 §2.1, §2.2)."""

import re
from collections.abc import Iterator
from itertools import accumulate

import msgspec

from mailworthy.errors import UsageError

_BREAK = re.compile(rb"\r\n(?![ \t])")
_LARGE = 1 << 16  # octets from which a copy costs more than to look thrice
_WSP = b" \t\r\n"  # RFC 5322 §4.5.8 has white space before the colon, folded or not


class Field(msgspec.Struct, frozen=True):
    """One header field where it stands: `data[start:end]`, without its final CRLF.

    `name` is in lower case, without the white space that may stand before the colon; it is
    empty for a line that is no header field.
    """

    index: int
    name: bytes
    raw: bytes
    start: int
    end: int

    @property
    def value(self) -> bytes:
        """What follows the colon, folding and all."""
        return self.raw.partition(b":")[2]


class Message(msgspec.Struct, frozen=True):
    """Any bytes, read as a message.

    `given` are the bytes that came, `data` the same with CRLF at the end of every line, as it is
    on the wire: the very same bytes where they had no lone LF. `lines` are the header fields from
    top to bottom, folded as they came, and `names` their names as in `Field`; `places` finds them
    by name. `lone_cr` tells whether a CR stands without LF, `divided` whether an empty line ended
    the header; without one there is no body.
    """

    data: bytes
    lines: tuple[bytes, ...]
    names: tuple[bytes, ...]
    places: dict[bytes, list[int]]
    header: bytes
    header_at: int
    body_at: int
    divided: bool
    given: bytes
    lone_cr: bool = False

    @property
    def lone_lf(self) -> bool:
        """Whether a line of what was given ends in LF alone."""
        return self.data is not self.given

    @property
    def body(self) -> bytes:
        """What follows the empty line."""
        return self.data[self.body_at :]

    def count(self, name: bytes) -> int:
        """How many fields have this name (lower case)."""
        return len(self.places.get(name, ()))

    @property
    def fields(self) -> Iterator[Field]:
        """All header fields from top to bottom."""
        starts = accumulate((len(line) + 2 for line in self.lines), initial=self.header_at)
        for index, (name, line, at) in enumerate(zip(self.names, self.lines, starts, strict=False)):
            yield Field(index, name, line, at, at + len(line))

    def values(self, name: bytes) -> list[bytes]:
        """What follows the colon in the fields of this name (lower case), from top to bottom."""
        return [self.lines[i].partition(b":")[2] for i in self.places.get(name, ())]

    def named(self, name: bytes) -> tuple[Field, ...]:
        """The fields of this name (lower case), from top to bottom."""
        if name not in self.places:
            return ()
        return tuple(field for field in self.fields if field.name == name)


def read(message: "bytes | bytearray | memoryview | Message", *, mbox: bool = True) -> Message:
    """Cut any bytes into header fields and body. Linear in their number.

    A line ends at LF, with or without CR before it; a lone CR is an octet like others, since
    that is what receivers and DKIM make of it (RFC 6376 §5.3). An mbox "From " line at the top
    is left out; without `mbox` it is a line of the header like others, as it is for what comes
    over SMTP, where nobody but the sender can have put it there. What was read already stays as
    it is. Raises UsageError for text: only its bytes were signed.
    """
    if isinstance(message, Message):
        return message
    if not isinstance(message, bytes | bytearray | memoryview):
        raise UsageError(f"a message is bytes, not {type(message).__name__}")
    given = bytes(message)
    lone_cr, lone_lf = _lone(given)
    data = _ended(given) if lone_lf else given
    start = _envelope(data) if mbox else 0
    end, body_at, divided = _divide(data, start)
    header = data[start:end]
    lines = _lines(header)
    names, places = _names(lines)
    return Message(data, lines, names, places, header, start, body_at, divided, given, lone_cr)


def _lone(given: bytes) -> tuple[bool, bool]:
    """Whether a CR without LF is in it, and whether an LF without CR."""
    if len(given) > _LARGE:
        both = given.count(b"\r\n")
        return given.count(b"\r") > both, given.count(b"\n") > both
    # What is left has the line ends that mail may not have: one pass in place of four.
    rest = given.replace(b"\r\n", b"")
    return b"\r" in rest, b"\n" in rest


def _lines(header: bytes) -> tuple[bytes, ...]:
    if b"\r\n " in header or b"\r\n\t" in header:
        return tuple(_BREAK.split(header))
    return tuple(header.split(b"\r\n")) if header else ()


def _names(lines: tuple[bytes, ...]) -> tuple[tuple[bytes, ...], dict[bytes, list[int]]]:
    """The names of all lines, and where each name stands; one spelling is looked at once."""
    names: list[bytes] = []
    places: dict[bytes, list[int]] = {}
    known: dict[bytes, tuple[bytes, list[int]]] = {}
    for index, line in enumerate(lines):
        head = line[: line.find(b":") + 1]
        if head not in known:
            name = head[:-1].rstrip(_WSP).lower()
            known[head] = name, places.setdefault(name, [])
        name, spots = known[head]
        names.append(name)
        spots.append(index)
    return tuple(names), places


def wire(data: bytes) -> bytes:
    """The same lines, each ended by CRLF; `data` itself where they are."""
    return _ended(data) if b"\n" in data.replace(b"\r\n", b"") else data


def _ended(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _envelope(data: bytes) -> int:
    """Where the header begins: after the line that mbox files have above it."""
    if not data.startswith(b"From "):
        return 0
    end = data.find(b"\r\n")
    line = data if end < 0 else data[:end]
    sender = line[4:].strip(b" \t")
    if not sender or sender.startswith(b":"):  # the header field From, written in the old way
        return 0
    return len(line) if end < 0 else end + 2


def _divide(data: bytes, start: int) -> tuple[int, int, bool]:
    """The end of the header, the beginning of the body, and whether an empty line is between."""
    if data.startswith(b"\r\n", start):
        return start, start + 2, True
    end = data.find(b"\r\n\r\n", start)
    if end >= 0:
        return end, end + 4, True
    end = len(data) - 2 if data.endswith(b"\r\n") else len(data)
    return max(start, end), len(data), False
