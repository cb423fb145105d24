"""One connection of a mail server: octets in and out, bounded in time."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Awaitable, Callable
from typing import cast

from mailworthy.milter.draft import Room
from mailworthy.milter.handled import Handled
from mailworthy.milter.mail import Mail
from mailworthy.milter.session import Over, Session
from mailworthy.milter.wire.frames import Frame
from mailworthy.milter.wire.reader import Reader
from mailworthy.milter.wire.replies import Progress, Reply, encode

PIECE = 1 << 16
FRAME = 60.0  # seconds for the rest of a frame that has begun, and for the first of all
WRITE = 60.0  # seconds for the mail server to take an answer
PATIENCE = 10.0  # seconds after which it is told that we are still at work

_AT_ONCE = getattr(socket, "TCP_QUICKACK", None)  # Linux alone has it

Handle = Callable[[Mail], Awaitable[Handled]]


class Idle(Exception):
    """The mail server says nothing, or not enough."""


class Full(Exception):
    """There is no room for the rest of a large frame."""


class Connection:
    """Talks until the mail server has gone. `handle` answers for a message."""

    def __init__(
        self,
        session: Session,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        handle: Handle,
        room: Room,
        *,
        idle: float,
    ) -> None:
        self.session = session
        self._reader, self._writer, self._handle, self._idle = reader, writer, handle, idle
        found = writer.get_extra_info("socket")
        inet = found is not None and found.family in (socket.AF_INET, socket.AF_INET6)
        self._tcp = found if inet and _AT_ONCE is not None else None
        self._frames, self._room, self._held = Reader(), room, 0
        self._since: float | None = None  # when the frame began that is not whole
        self.ending = False

    async def run(self) -> None:
        """Until the end. Raises Malformed, Idle, Full, OSError."""
        try:
            while not (self.ending and not self.session.busy):
                data = await self._read()
                if not data or await self._answer(data):
                    return
        finally:
            self._room.give(self._held)
            self._held = 0

    async def _read(self) -> bytes:
        """What comes next. Who has not even made an offer is no mail server, or a strange one."""
        half = self._since is not None
        allowed = self._idle if self.session.begun and not half else min(FRAME, self._idle)
        left = allowed if self._since is None else self._since + allowed - time.monotonic()
        try:
            async with asyncio.timeout(max(0.0, left)):
                data = await self._reader.read(PIECE)
        except TimeoutError:
            raise Idle(f"{'half a frame' if half else 'nothing'} for {allowed:g} s") from None
        self._confirm()
        return data

    def _confirm(self) -> None:
        """Have the kernel tell at once that something came.

        Postfix sends what it need not wait for in pieces, and keeps a small one back until the one
        before is confirmed, which the kernel else does after 40 ms (RFC 1122 §4.2.3.2, §4.2.3.4).
        """
        if self._tcp is not None:
            with contextlib.suppress(OSError):  # the connection has gone
                self._tcp.setsockopt(socket.IPPROTO_TCP, cast(int, _AT_ONCE), 1)

    async def _answer(self, data: bytes) -> bool:
        """Whether the conversation is over."""
        whole = False
        for frame in self._frames.feed(data):
            whole = True
            if await self._take(frame):
                return True
        self._hold(self._frames.held)
        if not self._frames.pending:
            self._since = None
        elif whole or self._since is None:
            self._since = time.monotonic()
        return False

    def _hold(self, octets: int) -> None:
        """Half a frame is memory too. What a piece may cut in two is always taken, so that a mail
        server hears that there is no room instead of being cut off."""
        more = octets - self._held
        if not self._room.take(more, always=more <= 0 or octets <= PIECE):
            raise Full(f"{octets} octets of a frame that is not whole, and no room for them")
        self._held = octets

    async def _take(self, frame: Frame) -> bool:
        outcome = self.session.take(frame)
        if isinstance(outcome, Over):
            return True
        if isinstance(outcome, Mail):
            try:
                outcome = await self._handled(outcome)
            finally:
                self.session.judged()
        await self._say(outcome)
        return False

    async def _handled(self, mail: Mail) -> tuple[Reply, ...]:
        """The replies for a message; the mail server is kept waiting with a sign of life."""
        work = asyncio.ensure_future(self._handle(mail))
        try:
            while not (await asyncio.wait({work}, timeout=PATIENCE))[0]:
                await self._say((Progress(),))
        except BaseException:
            work.cancel()
            raise
        return work.result().replies

    async def _say(self, replies: tuple[Reply, ...]) -> None:
        if not replies:
            return
        self._writer.write(b"".join(map(encode, replies)))
        try:
            async with asyncio.timeout(WRITE):
                await self._writer.drain()
        except TimeoutError:
            raise Idle(f"no answer is taken for {WRITE:g} s") from None
