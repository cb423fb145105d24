"""How many clients are served at once, who goes when one more comes, and how one is let go."""

import asyncio
import contextlib
import socket
import struct
import time
from collections import Counter
from collections.abc import Callable

import msgspec

_CREDENTIALS = struct.Struct("3i")
_LAST_WORDS = 5.0  # seconds


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What clients may cost together.

    `clients` is how many are served at once; one that has waited for `patience` seconds without
    bringing anything may be sent away for the next. `idle` is how long one may be silent, `body`
    how long what it brings may take. `total` octets of all bodies may wait to be stored.
    """

    clients: int = 40
    patience: float = 5.0
    idle: float = 300.0  # RFC 5321 §4.5.3.2.7
    body: float = 180.0
    total: int = 256 << 20


class Client:
    """One that is served: `busy` while it waits for us, `bringing` while it sends a body."""

    def __init__(self, peer: str, since: float, leave: Callable[[], object]) -> None:
        self.peer = peer
        self.since = since
        self.busy = self.bringing = False
        self.ousted = False
        self._leave = leave

    def oust(self) -> None:
        """Have it go."""
        self.ousted = True
        self._leave()


class Crowd:
    """Those who are served; the clock counts seconds."""

    def __init__(self, bounds: Bounds, clock: Callable[[], float] = time.monotonic) -> None:
        self._bounds = bounds
        self._clock = clock
        self._clients: set[Client] = set()

    def enter(self, peer: str, leave: Callable[[], object]) -> Client | None:
        """One more; None if it has to come again, since nobody can be sent away.

        `leave` is called when it is the one to be sent away.
        """
        if len(self._clients) >= self._bounds.clients and not self.oust():
            return None
        client = Client(peer, self._clock(), leave)
        self._clients.add(client)
        return client

    def oust(self, *, bringing: bool = False) -> bool:
        """Send away who has brought nothing for longest, of those who are most; whether one was.

        With `bringing`, only who is in the middle of it, and so takes room from others.
        """
        now, many = self._clock(), Counter(each.peer for each in self._clients)
        waiting = [
            each
            for each in self._clients
            if not each.busy
            and now - each.since >= self._bounds.patience
            and (each.bringing or not bringing)
        ]
        if not waiting:
            return False
        worst = max(waiting, key=lambda each: (many[each.peer], now - each.since))
        self._clients.discard(worst)
        worst.oust()
        return True

    def served(self, client: Client) -> None:
        """It has brought something."""
        client.busy = False
        client.since = self._clock()

    def leave(self, client: Client) -> None:
        """It has gone."""
        self._clients.discard(client)


def peer(writer: asyncio.StreamWriter) -> str:
    """Who that is: a user of this machine, or an address."""
    sock = writer.get_extra_info("socket")
    if sock.family == socket.AF_UNIX and hasattr(socket, "SO_PEERCRED"):
        told = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
        return f"user {_CREDENTIALS.unpack(told)[1]}"
    name = writer.get_extra_info("peername")
    # The zone of a link-local address tells of this machine, not of who that is.
    return str(name[0]).partition("%")[0] if isinstance(name, tuple) else ""


async def end(writer: asyncio.StreamWriter, last: bytes = b"") -> None:
    """Say this, and close; who does not listen is left in the middle of it."""
    try:
        async with asyncio.timeout(_LAST_WORDS):
            writer.write(last)
            writer.close()
            await writer.wait_closed()
    except (OSError, TimeoutError):
        with contextlib.suppress(AttributeError):  # of Python 3.11, where TLS has ended by itself
            writer.transport.abort()
