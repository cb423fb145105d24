"""The other side of the milter protocol: a mail server that says what it is told to say."""

import struct
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from mailworthy.milter.wire import frames
from mailworthy.milter.wire.frames import Frame
from mailworthy.milter.wire.words import Action, Command, Family, Step

ACTIONS = 0x1FF  # what Postfix offers
STEPS = 0x1FFFFF
OFFER = frames.Optneg(6, ACTIONS, STEPS)
# A mail server that wants to hear about the client and the body.
WAITING = frames.Optneg(6, ACTIONS, STEPS & ~int(Step.QUIET_CONNECT | Step.QUIET_BODY))
IP = "192.0.2.25"


def octets(frame: Frame) -> bytes:
    """A frame as a mail server sends it."""
    payload = _LETTERS[type(frame)].encode() + _PAYLOADS.get(type(frame), lambda _: b"")(frame)
    return struct.pack(">I", len(payload)) + payload


def stream(given: Iterable[Frame]) -> bytes:
    """Frames, one behind the other."""
    return b"".join(map(octets, given))


def _texts(*texts: bytes) -> bytes:
    return b"".join(text + b"\0" for text in texts)


def _connect(frame: frames.Connect) -> bytes:
    head = _texts(frame.name) + frame.family.encode()
    if frame.family is Family.UNKNOWN:
        return head
    return head + struct.pack(">H", frame.port) + _texts(frame.address)


_LETTERS: dict[type[Any], Command] = {
    frames.Optneg: Command.OPTNEG,
    frames.Macro: Command.MACRO,
    frames.Connect: Command.CONNECT,
    frames.Helo: Command.HELO,
    frames.Mail: Command.MAIL,
    frames.Rcpt: Command.RCPT,
    frames.Data: Command.DATA,
    frames.Header: Command.HEADER,
    frames.Eoh: Command.EOH,
    frames.Body: Command.BODY,
    frames.Eob: Command.EOB,
    frames.Abort: Command.ABORT,
    frames.Quit: Command.QUIT,
    frames.QuitNc: Command.QUIT_NC,
    frames.Unknown: Command.UNKNOWN,
}
_PAYLOADS: dict[type[Any], Callable[[Any], bytes]] = {
    frames.Optneg: lambda f: struct.pack(">III", f.version, f.actions, f.steps),
    frames.Macro: lambda f: f.command.encode() + _texts(*[t for pair in f.values for t in pair]),
    frames.Connect: _connect,
    frames.Helo: lambda f: _texts(f.name),
    frames.Mail: lambda f: _texts(f.sender, *f.parameters),
    frames.Rcpt: lambda f: _texts(f.recipient, *f.parameters),
    frames.Header: lambda f: _texts(f.name, f.value),
    frames.Body: lambda f: f.chunk,
    frames.Eob: lambda f: f.chunk,
    frames.Unknown: lambda f: _texts(f.command),
}


class Answer(msgspec.Struct, frozen=True):
    """What a filter answered: the letter and what follows it."""

    letter: str
    data: bytes = b""

    @property
    def number(self) -> int:
        """The number in front of a header field."""
        return int(struct.unpack_from(">I", self.data)[0])

    @property
    def field(self) -> tuple[bytes, bytes]:
        """The header field behind the number."""
        name, value, rest = self.data[4:].split(b"\0")
        assert rest == b""
        return name, value

    @property
    def text(self) -> str:
        """An SMTP reply as a client would read it."""
        assert self.data.endswith(b"\0")
        return self.data[:-1].decode("ascii").replace("%%", "%")


def answers(data: bytes) -> list[Answer]:
    """The answers in octets that hold nothing else."""
    found = []
    while data:
        (length,) = struct.unpack_from(">I", data)
        assert len(data) >= 4 + length
        found.append(Answer(data[4:5].decode(), data[5 : 4 + length]))
        data = data[4 + length :]
    return found


def header_frames(message: bytes, *, leading_space: bool = True) -> list[frames.Header]:
    """The header fields of a message as Postfix tells of them."""
    head = message.partition(b"\r\n\r\n")[0] + b"\r\n"
    lines: list[bytes] = []
    for line in head.split(b"\r\n")[:-1]:
        if line[:1] in (b" ", b"\t") and lines:
            lines[-1] += b"\n" + line
        else:
            lines.append(line)
    found = []
    for line in lines:
        name, _, value = line.partition(b":")
        kept = value if leading_space else value.removeprefix(b" ")
        found.append(frames.Header(name.rstrip(b" \t"), kept))
    return found


def message_frames(
    message: bytes,
    *,
    sender: str = "a@example.com",
    recipients: Sequence[str] = ("b@example.org",),
    macros: dict[str, str] | None = None,
    leading_space: bool = True,
    chunk: int = 65535,
) -> list[Frame]:
    """One message from MAIL to its end."""
    body = message.partition(b"\r\n\r\n")[2]
    values = tuple((k.encode(), v.encode()) for k, v in {"i": "4Qx", **(macros or {})}.items())
    return [
        frames.Macro(Command.MAIL, values),
        frames.Mail(f"<{sender}>".encode("utf-8", "surrogateescape"), (b"SIZE=100",)),
        *[frames.Rcpt(f"<{each}>".encode()) for each in recipients],
        frames.Data(),
        *header_frames(message, leading_space=leading_space),
        frames.Eoh(),
        *[frames.Body(body[i : i + chunk]) for i in range(0, len(body), chunk)],
        frames.Macro(Command.EOB, ((b"i", b"4Qx"),)),
        frames.Eob(),
    ]


def opening(
    ip: str = IP,
    helo: str = "mail.example.com",
    *,
    offer: frames.Optneg = WAITING,
    macros: dict[str, str] | None = None,
) -> list[Frame]:
    """A connection from its beginning to HELO."""
    family = Family.INET6 if ":" in ip else Family.INET
    told = {"j": "mx.example.org", "{daemon_name}": "mx.example.org", **(macros or {})}
    values = tuple((k.encode(), v.encode()) for k, v in told.items())
    return [
        offer,
        frames.Macro(Command.CONNECT, values),
        frames.Connect(b"mail.example.com", family, 4711, ip.encode()),
        frames.Helo(helo.encode()),
    ]


OLD = frames.Optneg(2, int(Action.ADD_HEADERS | Action.CHANGE_HEADERS), 0x7F)
NO_QUIET = frames.Optneg(6, ACTIONS, int(Step.LEADING_SPACE | Step.SKIP))
