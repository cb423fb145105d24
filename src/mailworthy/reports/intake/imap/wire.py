"""Lines and literals from an IMAP server, bounded in size and in time (RFC 9051 §4.3)."""

import re
import socket
import tempfile
import time
from typing import Any, BinaryIO, cast

import msgspec

from mailworthy.reports.intake.imap.errors import Gone, Lied

_LITERAL = re.compile(rb"~?\{(\d{1,20})\+?\}\Z")
_PIECE = 1 << 16
SMALL = 1 << 20  # octets of a literal that are held in memory
_MOST_LITERALS = 8  # of one response; we ask for one


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What one command may cost: seconds between octets and in all, octets of one line, of one
    literal and in all, and how many responses it may have."""

    read: float = 60.0
    command: float = 600.0
    line: int = 8 << 20
    literal: int = 26 << 20
    octets: int = 40 << 20
    responses: int = 100_000


class Response(msgspec.Struct, frozen=True):
    """One response: its text without the literals, and these in order; large ones are files."""

    text: bytes
    literals: tuple[Any, ...] = ()


class Wire:
    """A connection. Raises Gone where it breaks or takes too long, Lied beyond the bounds."""

    def __init__(self, sock: socket.socket, bounds: Bounds) -> None:
        self.sock = sock
        self.bounds = bounds
        self._buffer = bytearray()
        self.begin()

    def begin(self) -> None:
        """Count anew, for the next command."""
        self._until = time.monotonic() + self.bounds.command
        self._left = self.bounds.octets
        self._responses = 0

    def send(self, data: bytes) -> None:
        """Send all of it."""
        try:
            self.sock.settimeout(self.bounds.read)
            self.sock.sendall(data)
        except OSError as error:
            raise _gone(error) from error

    def response(self) -> Response:
        """The next response."""
        self._responses += 1
        if self._responses > self.bounds.responses:
            raise Lied(f"more than {self.bounds.responses} responses to one command")
        text = bytearray()
        literals: list[bytes | BinaryIO] = []
        while True:
            line = self._line()
            text += line
            found = _LITERAL.search(line)
            if found is None:
                return Response(bytes(text), tuple(literals))
            if len(literals) == _MOST_LITERALS:
                raise Lied("a response with more literals than anybody asked for")
            literals.append(self._literal(int(found[1])))

    def wait(self, seconds: float) -> bool:
        """Whether something comes within so many seconds."""
        if self._buffer:
            return True
        try:
            self.sock.settimeout(max(seconds, 0.001))  # 0 would mean something else
            return self._more()
        except TimeoutError:
            return False
        except OSError as error:
            raise _gone(error) from error

    @property
    def clear(self) -> bool:
        """Whether all that came has been read."""
        return not self._buffer

    def _line(self) -> bytes:
        at = 0
        while (end := self._buffer.find(b"\n", at)) < 0:
            at = len(self._buffer)
            if at > self.bounds.line:
                raise Lied(f"a line of more than {self.bounds.line} octets")
            self._fill()
        line = bytes(memoryview(self._buffer)[:end]).removesuffix(b"\r")
        del self._buffer[: end + 1]
        return line

    def _literal(self, size: int) -> bytes | BinaryIO:
        if size > self.bounds.literal:
            raise Lied(f"a literal of {size} octets, where at most {self.bounds.literal} may come")
        if size > SMALL:
            return self._on_disc(size)
        while len(self._buffer) < size:
            self._fill()
        data = bytes(memoryview(self._buffer)[:size])
        del self._buffer[:size]
        return data

    def _on_disc(self, size: int) -> BinaryIO:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - given to whoever asked
        try:
            while size:
                if not self._buffer:
                    self._fill()
                piece = self._buffer[:size]
                del self._buffer[:size]
                file.write(piece)
                size -= len(piece)
            file.seek(0)
        except BaseException as error:
            file.close()
            if isinstance(error, OSError):
                raise Gone(f"no room for a mail: {error.strerror or error}") from error
            raise
        return cast(BinaryIO, file)

    def _fill(self) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise Gone(f"the server took more than {self.bounds.command:g} seconds")
        try:
            self.sock.settimeout(min(left, self.bounds.read))
            self._more()
        except OSError as error:
            raise _gone(error) from error

    def _more(self) -> bool:
        data = self.sock.recv(_PIECE)
        if not data:
            raise Gone("the server closed the connection")
        self._left -= len(data)
        if self._left < 0:
            raise Lied(f"more than {self.bounds.octets} octets in answer to one command")
        self._buffer += data
        return True


def _gone(error: OSError) -> Gone:
    if isinstance(error, TimeoutError):
        return Gone("the server took too long")
    return Gone(f"the connection broke: {error.strerror or error}")
