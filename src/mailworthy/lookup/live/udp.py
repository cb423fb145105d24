"""Questions over UDP: many at a time over connected sockets on random ports (RFC 5452)."""

import asyncio
import os
import socket
from collections.abc import Iterator
from functools import partial

import msgspec

from mailworthy.lookup.live.inbox import Cancel, Inbox
from mailworthy.lookup.live.servers import Server
from mailworthy.lookup.live.stream import Stream
from mailworthy.lookup.wire import Query, decode, is_truncated
from mailworthy.lookup.wiremodel import UNREADABLE

PORTS = 16  # sockets open at a time for one server
USES = 256  # questions after which a socket gives way to one on another port
BUFFER = 1024 * 1024  # a burst of answers must fit
_BURST = 64  # datagrams taken before other work gets its turn
_SEED = 4096  # octets of randomness fetched at a time


class _Sent(msgspec.Struct):
    query: Query
    edns: bool
    inbox: Inbox


class _Port:
    """One connected socket: the kernel drops whatever another address sends."""

    def __init__(self, owner: "Udp", server: Server) -> None:
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self.uses = 0
        self.pending: dict[int, _Sent] = {}
        found = socket.getaddrinfo(
            server.host, server.port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST
        )
        family, kind, protocol, _, address = found[0]
        self._socket = socket.socket(family, kind, protocol)
        try:
            self._socket.setblocking(False)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            self._socket.connect(address)
            self._loop.add_reader(self._socket, self._readable)
        except OSError:
            self._socket.close()
            raise

    @property
    def spent(self) -> bool:
        return self.uses >= USES

    def send(self, query: Query, edns: bool, inbox: Inbox) -> int:
        """Send a question under a fresh random id, which is returned. Raises OSError."""
        ident = next(i for i in self._owner.dice if i not in self.pending)
        self._socket.send(query.message(ident, edns=edns))
        self.uses += 1
        self.pending[ident] = _Sent(query, edns, inbox)
        return ident

    def forget(self, ident: int) -> None:
        self.pending.pop(ident, None)
        if self.spent and not self.pending:
            self.close()

    def close(self) -> None:
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._owner.closed(self)

    def _readable(self) -> None:
        for _ in range(_BURST):
            try:
                data = self._socket.recv(65535)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self._refused()
                return
            self._take(data)

    def _take(self, data: bytes) -> None:
        """Deliver an answer; whatever does not match a question is nobody's (RFC 5452 §9.1)."""
        sent = self.pending.get(int.from_bytes(data[:2]))
        if sent is None or not sent.query.matches(data):
            return
        del self.pending[int.from_bytes(data[:2])]
        if is_truncated(data):
            self._owner.ask_again_by_tcp(sent.query, sent.edns, sent.inbox)
        else:
            sent.inbox.put(self._owner, decode(data) or UNREADABLE)

    def _refused(self) -> None:
        """An ICMP error: nothing listens there, so nobody need wait."""
        for sent in self.pending.values():
            sent.inbox.put(self._owner, None)
        self.pending.clear()


class Udp:
    """A server over UDP, and over TCP where an answer is too long for UDP."""

    def __init__(self, server: Server, seconds: float) -> None:
        self.server = server
        self.edns = True
        self.trust_ad = server.trust_ad
        self._seconds = seconds
        self.dice = _dice()
        self._ports: list[_Port] = []
        self._retired: set[_Port] = set()
        self._tcp = Stream(server, None)
        self._tasks: set[asyncio.Task[None]] = set()

    def __str__(self) -> str:
        return str(self.server)

    def send(self, query: Query, inbox: Inbox, *, edns: bool) -> Cancel:
        """Send a question; see Upstream."""
        try:
            port = self._port()
            ident = port.send(query, edns, inbox)
        except OSError:
            inbox.put(self, None)
            return _nothing
        return partial(port.forget, ident)

    def ask_again_by_tcp(self, query: Query, edns: bool, inbox: Inbox) -> None:
        """RFC 7766 §5: a truncated answer is fetched whole."""
        task = asyncio.ensure_future(self._by_tcp(query, edns, inbox))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _by_tcp(self, query: Query, edns: bool, inbox: Inbox) -> None:
        data = await self._tcp.ask(query, self._seconds, edns=edns)
        readable = None if data is None or is_truncated(data) else decode(data) or UNREADABLE
        inbox.put(self, readable)

    def _port(self) -> _Port:
        """A random one of the open sockets, opening up to PORTS of them."""
        if len(self._ports) >= PORTS:
            port = self._ports[next(self.dice) % PORTS]
            if not port.spent:
                return port
            self._ports.remove(port)
            self._retire(port)
        try:
            self._ports.append(_Port(self, self.server))
        except OSError:
            if not self._ports:
                raise
            # Too many open files, say: the sockets that there are must do.
            return self._ports[next(self.dice) % len(self._ports)]
        return self._ports[-1]

    def _retire(self, port: _Port) -> None:
        if port.pending:
            self._retired.add(port)
        else:
            port.close()

    def closed(self, port: _Port) -> None:
        """A socket has closed itself."""
        self._retired.discard(port)
        if port in self._ports:
            self._ports.remove(port)

    async def close(self) -> None:
        """Give every socket back."""
        for task in list(self._tasks):
            task.cancel()
        for port in [*self._ports, *self._retired]:
            port.close()
        await self._tcp.close()


def _dice() -> Iterator[int]:
    """Numbers of 16 bits that nobody can foresee; a system call for each would cost too much."""
    while True:
        seed = os.urandom(_SEED)
        yield from (seed[i] << 8 | seed[i + 1] for i in range(0, _SEED, 2))


def _nothing() -> None:
    """Nothing is to be cancelled."""
