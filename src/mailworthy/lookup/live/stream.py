"""Questions over one TCP or TLS connection, several at a time (RFC 7766, RFC 7858)."""

import asyncio
import random
import ssl
import struct

import msgspec

from mailworthy.lookup.live.inbox import Cancel, Inbox
from mailworthy.lookup.live.servers import Server
from mailworthy.lookup.wire import Query, decode
from mailworthy.lookup.wiremodel import UNREADABLE

_random = random.SystemRandom()
_MAX_PENDING = 1000


class _Waiting(msgspec.Struct):
    query: Query
    future: "asyncio.Future[bytes]"


class _Connection:
    """An open connection and the questions under way on it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._pending: dict[int, _Waiting] = {}
        self.alive = True
        self._task = asyncio.ensure_future(self._read())

    async def ask(self, query: Query, edns: bool) -> bytes:
        """The octets of the answer. Raises OSError if the connection breaks."""
        if not self.alive or len(self._pending) >= _MAX_PENDING:
            raise ConnectionError
        ident = _random.getrandbits(16)
        while ident in self._pending:
            ident = _random.getrandbits(16)
        waiting = _Waiting(query, asyncio.get_running_loop().create_future())
        self._pending[ident] = waiting
        try:
            data = query.message(ident, edns=edns)
            self._writer.write(struct.pack("!H", len(data)) + data)
            await self._writer.drain()
            return await waiting.future
        finally:
            self._pending.pop(ident, None)

    async def _read(self) -> None:
        try:
            while True:
                (length,) = struct.unpack("!H", await self._reader.readexactly(2))
                self._take(await self._reader.readexactly(length))
        except (OSError, EOFError):
            self._break()

    def _take(self, data: bytes) -> None:
        waiting = self._pending.get(int.from_bytes(data[:2]))
        if waiting and waiting.query.matches(data) and not waiting.future.done():
            waiting.future.set_result(data)

    def _break(self) -> None:
        self.alive = False
        self._writer.close()
        for waiting in self._pending.values():
            if not waiting.future.done():
                waiting.future.set_exception(ConnectionError())

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._break()


class Stream:
    """A server over TCP, or over TLS where a context is given; connects when needed."""

    def __init__(self, server: Server, tls: ssl.SSLContext | None) -> None:
        self._server = server
        self._tls = tls
        self._connection: _Connection | None = None
        self._connecting = asyncio.Lock()

    async def ask(self, query: Query, seconds: float, *, edns: bool) -> bytes | None:
        """The octets of the answer; None if none came in time, whatever the reason."""
        try:
            async with asyncio.timeout(seconds):
                return await self._ask(query, edns)
        except (OSError, EOFError, ssl.CertificateError):
            return None

    async def _ask(self, query: Query, edns: bool) -> bytes:
        reused = self._connection is not None and self._connection.alive
        connection = await self._connected()
        try:
            return await connection.ask(query, edns)
        except ConnectionError:
            if not reused:
                raise
        # A server may close an idle connection at any time (RFC 7766 §6.2.4).
        return await (await self._connected()).ask(query, edns)

    async def _connected(self) -> _Connection:
        async with self._connecting:
            if self._connection is None or not self._connection.alive:
                name = self._server.tls_name if self._tls else None
                reader, writer = await asyncio.open_connection(
                    self._server.host, self._server.port, ssl=self._tls, server_hostname=name
                )
                self._connection = _Connection(reader, writer)
            return self._connection

    async def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            await self._connection.close()


class Tls:
    """A server over TLS."""

    def __init__(self, server: Server, seconds: float, tls: ssl.SSLContext) -> None:
        self.server = server
        self.edns = True
        self.trust_ad = server.trust_ad
        self._seconds = seconds
        self._stream = Stream(server, tls)

    def __str__(self) -> str:
        return str(self.server)

    def send(self, query: Query, inbox: Inbox, *, edns: bool) -> Cancel:
        """Send a question; see Upstream."""
        return asyncio.ensure_future(self._ask(query, inbox, edns)).cancel

    async def _ask(self, query: Query, inbox: Inbox, edns: bool) -> None:
        data = await self._stream.ask(query, self._seconds, edns=edns)
        inbox.put(self, None if data is None else decode(data) or UNREADABLE)

    async def close(self) -> None:
        """Give the connection back."""
        await self._stream.close()
