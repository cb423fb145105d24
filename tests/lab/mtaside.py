"""A mail server that hands messages to milters, from any client that it likes to tell of."""

import socket
import struct
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import msgspec

from mailworthy.milter.wire import frames
from mailworthy.milter.wire.frames import Frame
from mailworthy.milter.wire.words import CHUNK, Command, Family, Step
from milterkit import ACTIONS, Answer, header_frames, octets

_FINAL = "acdrtys"  # the letters that end an answer
_NOT_SENT = {
    frames.Connect: Step.NO_CONNECT,
    frames.Helo: Step.NO_HELO,
    frames.Mail: Step.NO_MAIL,
    frames.Rcpt: Step.NO_RCPT,
    frames.Data: Step.NO_DATA,
    frames.Header: Step.NO_HEADERS,
    frames.Eoh: Step.NO_EOH,
    frames.Body: Step.NO_BODY,
}
_NOT_ANSWERED = {
    frames.Connect: Step.QUIET_CONNECT,
    frames.Helo: Step.QUIET_HELO,
    frames.Mail: Step.QUIET_MAIL,
    frames.Rcpt: Step.QUIET_RCPT,
    frames.Data: Step.QUIET_DATA,
    frames.Header: Step.QUIET_HEADER,
    frames.Eoh: Step.QUIET_EOH,
    frames.Body: Step.QUIET_BODY,
}
# No macros of the filter's choice: the usual ones are sent to all.
_OFFER = frames.Optneg(6, ACTIONS & ~0x100, 0x1FFFFF)


class Posted(msgspec.Struct, frozen=True):
    """A message with its envelope; `client` is the name that leads back, if there is one."""

    ip: str
    client: str
    helo: str
    sender: str
    recipient: str
    message: bytes

    @property
    def family(self) -> Family:
        """Of the client's address."""
        return Family.INET6 if ":" in self.ip else Family.INET


class Milter:
    """A filter, asked about one message on each connection, as Postfix asks for a client."""

    def __init__(self, port: int, host: str, address: str = "127.0.0.1") -> None:
        """`host` is how this mail server calls itself."""
        self._where, self._host = (address, port), host

    def judge(self, posted: Posted, queue_id: str = "4Qx") -> list[Answer]:
        """All answers at the end of the message, or those that ended it before."""
        with _Talk(self._where) as talk:
            for frame in self._frames(posted, queue_id):
                if found := talk.say(frame):
                    return found
        raise AssertionError("no answer")

    def _frames(self, posted: Posted, queue_id: str) -> Iterator[Frame]:
        about = {
            "j": self._host,
            "{daemon_name}": self._host,
            "{client_addr}": posted.ip,
            "{client_name}": posted.client,
        }
        yield _macro(Command.CONNECT, about)
        # Postfix gives an IPv6 address this mark, as Sendmail does.
        ip = f"IPv6:{posted.ip}" if posted.family is Family.INET6 else posted.ip
        yield frames.Connect(posted.client.encode(), posted.family, 4711, ip.encode())
        yield frames.Helo(posted.helo.encode())
        yield _macro(Command.MAIL, {"i": queue_id, "{mail_addr}": posted.sender})
        yield frames.Mail(f"<{posted.sender}>".encode(), ())
        yield frames.Rcpt(f"<{posted.recipient}>".encode())
        yield frames.Data()
        yield from header_frames(posted.message)
        yield frames.Eoh()
        body = posted.message.partition(b"\r\n\r\n")[2]
        yield from (frames.Body(body[at : at + CHUNK]) for at in range(0, len(body), CHUNK))
        yield _macro(Command.EOB, {"i": queue_id})
        yield frames.Eob()


def _macro(command: Command, values: dict[str, str]) -> Frame:
    return frames.Macro(command, tuple((k.encode(), v.encode()) for k, v in values.items()))


class _Talk:
    """One connection."""

    def __init__(self, where: tuple[str, int]) -> None:
        self._socket = socket.create_connection(where, 30)
        # Steps without an answer follow each other: none waits for the last one's ACK.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")
        self._skipping = False
        self._socket.sendall(octets(_OFFER))
        _, _, steps = struct.unpack_from(">III", self._read().data)
        self._steps = Step(steps)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._socket.sendall(octets(frames.Quit()))
        self._file.close()
        self._socket.close()

    def say(self, frame: Frame) -> list[Answer]:
        """The answers, if they are about the whole message."""
        if self._steps & _NOT_SENT.get(type(frame), Step(0)):
            return []
        if self._skipping and isinstance(frame, frames.Body):
            return []
        if isinstance(frame, frames.Header) and not self._steps & Step.LEADING_SPACE:
            frame = frames.Header(frame.name, frame.value.removeprefix(b" "))
        self._socket.sendall(octets(frame))
        quiet = self._steps & _NOT_ANSWERED.get(type(frame), Step(0))
        if quiet or isinstance(frame, frames.Macro):
            return []
        found = [self._read()]
        while found[-1].letter not in _FINAL:
            found.append(self._read())
        self._skipping = found[-1].letter == "s"
        return [] if found[-1].letter in "cs" and not isinstance(frame, frames.Eob) else found

    def _read(self) -> Answer:
        (length,) = struct.unpack(">I", self._file.read(4))
        data = self._file.read(length)
        return Answer(data[:1].decode(), data[1:])


def changed(message: bytes, answers: list[Answer]) -> bytes:
    """The message with the fields on top that a filter inserts or adds."""
    fields = [a.field for a in answers if a.letter == "i"]
    fields += [_added(a) for a in answers if a.letter == "h"]
    top = b"".join(name + b": " + value.lstrip() + b"\r\n" for name, value in fields)
    return top.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + message


def _added(answer: Answer) -> tuple[bytes, bytes]:
    name, value, _ = answer.data.split(b"\0")
    return name, value
