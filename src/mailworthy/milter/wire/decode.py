"""From the octets of one frame to its value."""

import struct
from collections.abc import Callable

from mailworthy.errors import MailworthyError
from mailworthy.milter.wire import frames
from mailworthy.milter.wire.frames import Frame
from mailworthy.milter.wire.words import Command, Family
from mailworthy.names import printable

MAX_MACROS = 100  # in a frame; Sendmail has about fifty
MAX_MACRO_OCTETS = 65536  # in a frame


class Malformed(MailworthyError):
    """What no mail server says. The connection cannot go on."""


def decode(payload: bytes) -> Frame:
    """The frame in these octets, which are those behind the length. Raises Malformed alone."""
    try:
        command = Command(payload[:1].decode("latin-1"))
    except ValueError:
        raise Malformed(f"no frame begins with {_shown(payload[:1])}") from None
    return _READERS[command](payload[1:])


def _shown(octets: bytes) -> str:
    return printable(octets.decode("latin-1"), 40) or "nothing"


def _optneg(data: bytes) -> Frame:
    if len(data) < 12:
        raise Malformed(f"an offer of {len(data)} octets, of 12 at least")
    return frames.Optneg(*struct.unpack_from(">III", data))


def _macro(data: bytes) -> Frame:
    if len(data) > MAX_MACRO_OCTETS:
        raise Malformed(f"macros of {len(data)} octets")
    try:
        command = Command(data[:1].decode("latin-1"))
    except ValueError:
        raise Malformed(f"macros for {_shown(data[:1])}, which is no command") from None
    texts = _texts(data[1:], "macros")
    if len(texts) % 2:
        raise Malformed("a macro without a value")
    if len(texts) > 2 * MAX_MACROS:
        raise Malformed(f"{len(texts) // 2} macros at once")
    return frames.Macro(command, tuple(zip(texts[::2], texts[1::2], strict=True)))


def _connect(data: bytes) -> Frame:
    name, zero, rest = data.partition(b"\0")
    if not zero or not rest:
        raise Malformed("a client without a family")
    try:
        family = Family(rest[:1].decode("latin-1"))
    except ValueError:
        raise Malformed(f"a client of the family {_shown(rest[:1])}") from None
    if family is Family.UNKNOWN:
        return frames.Connect(name, family)
    if len(rest) < 4 or not rest.endswith(b"\0"):
        raise Malformed("a client without an address")
    (port,) = struct.unpack_from(">H", rest, 1)
    address = rest[3:-1]
    if b"\0" in address:
        raise Malformed("a client with two addresses")
    return frames.Connect(name, family, port, address)


def _helo(data: bytes) -> Frame:
    return frames.Helo(_one(data, "HELO"))


def _unknown(data: bytes) -> Frame:
    return frames.Unknown(_one(data, "an unknown command"))


def _mail(data: bytes) -> Frame:
    sender, *parameters = _some(data, "MAIL")
    return frames.Mail(sender, tuple(parameters))


def _rcpt(data: bytes) -> Frame:
    recipient, *parameters = _some(data, "RCPT")
    return frames.Rcpt(recipient, tuple(parameters))


def _header(data: bytes) -> Frame:
    """A value may hold any octet, those of value zero too: the last one ends it."""
    name, zero, value = data.partition(b"\0")
    if not zero or not value.endswith(b"\0"):
        raise Malformed("a header field without an end")
    return frames.Header(name, value[:-1])


def _body(data: bytes) -> Frame:
    return frames.Body(data)


def _eob(data: bytes) -> Frame:
    return frames.Eob(data)


def _bare(frame: Frame, what: str) -> Callable[[bytes], Frame]:
    """A frame that says nothing but itself."""

    def read(data: bytes) -> Frame:
        if data:
            raise Malformed(f"{what} with {len(data)} octets too many")
        return frame

    return read


def _one(data: bytes, what: str) -> bytes:
    if not data.endswith(b"\0") or data.count(b"\0") != 1:
        raise Malformed(f"{what} has to be one text")
    return data[:-1]


def _some(data: bytes, what: str) -> list[bytes]:
    texts = _texts(data, what)
    if not texts:
        raise Malformed(f"{what} without an address")
    return texts


def _texts(data: bytes, what: str) -> list[bytes]:
    """Texts, each ended by an octet of value zero."""
    if not data:
        return []
    if not data.endswith(b"\0"):
        raise Malformed(f"{what} without an end")
    return data[:-1].split(b"\0")


_READERS: dict[Command, Callable[[bytes], Frame]] = {
    Command.ABORT: _bare(frames.Abort(), "ABORT"),
    Command.BODY: _body,
    Command.CONNECT: _connect,
    Command.MACRO: _macro,
    Command.EOB: _eob,
    Command.HELO: _helo,
    Command.QUIT_NC: _bare(frames.QuitNc(), "QUIT_NC"),
    Command.HEADER: _header,
    Command.MAIL: _mail,
    Command.EOH: _bare(frames.Eoh(), "EOH"),
    Command.OPTNEG: _optneg,
    Command.QUIT: _bare(frames.Quit(), "QUIT"),
    Command.RCPT: _rcpt,
    Command.DATA: _bare(frames.Data(), "DATA"),
    Command.UNKNOWN: _unknown,
}
