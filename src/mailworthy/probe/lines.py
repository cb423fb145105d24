"""Lines of an SMTP server over asyncio, whatever it sends (RFC 5321 §4.2, §4.5.3)."""

import asyncio
import ssl
from typing import cast

import msgspec

from mailworthy.lookup.model import Said
from mailworthy.names import printable

MAX_LINE = 2048  # octets; RFC 5321 §4.5.3.1.5 allows 512
MAX_LINES = 200  # of one reply
MAX_OCTETS = 65536  # of one conversation in clear, and of one encrypted
KEPT = 500  # characters of one line
_CODE = range(200, 600)


class Broken(Exception):
    """The peer does not speak SMTP, or hung up."""


class Limits(msgspec.Struct, frozen=True):
    """Seconds: for one reply, for the greeting, which many servers hold back on purpose, and for
    the whole conversation."""

    reply: float = 15.0
    greeting: float = 30.0
    whole: float = 45.0


class Wire(asyncio.Protocol):
    """What came and was not read yet; a peer that sends too much of it is hung up on."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.buffer = bytearray()
        self.octets = 0
        self.ended = False
        self.error: Exception | None = None
        self.connected = False
        self._more: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.connected = True

    def data_received(self, data: bytes) -> None:
        self.octets += len(data)
        self.buffer += data
        if self.octets > MAX_OCTETS and self.transport is not None:
            self.transport.abort()
        self._wake()

    def eof_received(self) -> None:
        self.ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended, self.error = True, exc
        self._wake()

    def _wake(self) -> None:
        if self._more is not None and not self._more.done():
            self._more.set_result(None)

    async def line(self) -> bytes:
        """One line without its end. Raises Broken."""
        while (end := self.buffer.find(b"\n", 0, MAX_LINE)) < 0:
            if len(self.buffer) >= MAX_LINE:
                raise Broken(f"a line of more than {MAX_LINE} octets")
            if self.octets > MAX_OCTETS:
                raise Broken(f"more than {MAX_OCTETS} octets")
            if self.ended:
                raise Broken("the connection was closed" if not self.error else _why(self.error))
            self._more = asyncio.get_running_loop().create_future()
            await self._more
        found = bytes(self.buffer[:end]).rstrip(b"\r")
        del self.buffer[: end + 1]
        return found

    async def reply(self) -> Said:
        """One reply with all its lines. Raises Broken."""
        lines: list[str] = []
        code = 0
        while len(lines) < MAX_LINES:
            line = await self.line()
            number, last = _read(line)
            if code not in (0, number):
                raise Broken("a reply whose lines have different codes")
            code = number
            lines.append(printable(line[4:].decode("utf-8", "replace"), KEPT))
            if last:
                return Said(code, tuple(lines))
        raise Broken(f"a reply of more than {MAX_LINES} lines")

    async def command(self, text: str) -> Said:
        """Send a command, and hear its reply. Raises Broken."""
        if self.transport is None or self.transport.is_closing():
            raise Broken("the connection was closed")
        self.transport.write(text.encode("ascii") + b"\r\n")
        return await self.reply()

    async def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Begin TLS. Raises Broken where the server slipped in octets before it, else OSError."""
        if self.buffer:
            raise Broken("octets that came before the encryption began (CVE-2011-0411)")
        if self.ended or self.transport is None:
            raise ConnectionResetError
        loop = asyncio.get_running_loop()
        self.transport = await loop.start_tls(
            self.transport, self, context, server_hostname=host or None
        )
        self.octets = 0


def _read(line: bytes) -> tuple[int, bool]:
    """The code of a line, and whether the reply ends with it (RFC 5321 §4.2.1)."""
    digits, rest = line[:3], line[3:4]
    if not digits.isdigit() or int(digits) not in _CODE or rest not in (b"", b" ", b"-"):
        shown = printable(line[:60].decode("utf-8", "replace"), 60) or "an empty line"
        raise Broken(f"no reply of SMTP: {shown}")
    return int(digits), rest != b"-"


def _why(error: Exception) -> str:
    return printable(str(error), 120) or type(error).__name__
