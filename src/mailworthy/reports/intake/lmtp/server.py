"""The LMTP server: a mail is accepted when it has been stored for certain."""

import asyncio
import time
from collections.abc import Collection
from contextlib import closing

from mailworthy.reports.intake.body import Body, Lack, Room
from mailworthy.reports.intake.crowd import Bounds, Client, Crowd, end, peer
from mailworthy.reports.intake.desk import Desk
from mailworthy.reports.intake.lmtp.lines import Closed, Lines, TooLong
from mailworthy.reports.intake.lmtp.talk import Next, Reply, Talk
from mailworthy.reports.intake.model import Incoming
from mailworthy.store import StoreError, StoreFull

ORIGIN = "lmtp"
_FULL = b"421 4.3.2 too many are here, come again\r\n"
_OUSTED = b"421 4.3.2 others are waiting, come again\r\n"
_SLOW = b"421 4.4.2 that took too long\r\n"


class Server:
    """Serves connections; `own` are the addresses that reports may come to.

    Whoever keeps others out for nothing is sent away with 421, and still has its mail.
    """

    def __init__(
        self,
        desk: Desk,
        own: Collection[str],
        *,
        vouch: bool = False,
        bounds: Bounds | None = None,
    ) -> None:
        self._desk = desk
        self._own = own
        self._most = desk.importer.limits.mail
        self._vouched = "what comes by LMTP" if vouch else ""
        self._bounds = bounds or Bounds()
        self._crowd = Crowd(self._bounds)
        self._room = Room(self._bounds.total)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its beginning to its end. What goes wrong in it ends it."""
        task = asyncio.current_task()
        client = self._crowd.enter(peer(writer), task.cancel) if task else None
        if client is None:
            await end(writer, _FULL)
            return
        last = b""
        try:
            await self._talk(Lines(reader), writer, client)
        except asyncio.CancelledError:
            if task is None or not client.ousted or task.uncancel():
                raise
            last = _OUSTED
        except TimeoutError:
            last = _SLOW
        except (Closed, OSError):
            last = b""  # the client has gone
        finally:
            self._crowd.leave(client)
            await end(writer, last)

    async def _talk(self, lines: Lines, writer: asyncio.StreamWriter, client: Client) -> None:
        talk = Talk(self._own, self._most)
        reply = Reply(("220 mailworthy LMTP",))
        while True:
            await self._say(writer, reply)
            if reply.next is Next.END:
                return
            if reply.next is Next.MAIL:
                reply = talk.ended(await self._mail(lines, client))
            else:
                reply = await self._next(lines, talk)

    async def _mail(self, lines: Lines, client: Client) -> str:
        with closing(Body(self._room, self._most)) as body:
            client.bringing = True
            async with asyncio.timeout(self._bounds.body):
                await lines.mail(body.write)
            client.bringing = False
            if body.lack is Lack.SIZE:
                return f"552 5.3.4 more than {self._most} octets are too many"
            if body.lack is Lack.ROOM:
                self._crowd.oust(bringing=True)  # so that there is some the next time
                return "452 4.3.1 too much at once, try again"
            client.busy = True
            answer = await self._stored(body)
            self._crowd.served(client)
            return answer

    async def _stored(self, body: Body) -> str:
        """The answer; a mail that is no report is kept too, with the reason."""
        name = f"a mail of {body.octets} octets"
        now = int(time.time())
        raw = body.read()
        came = Incoming(raw, name, ORIGIN, now, self._vouched, mail=True, delivered=True)
        try:
            (done,) = await self._desk.take(came)
        except StoreFull:
            return "452 4.3.1 no room"
        except StoreError:
            return "451 4.3.0 it cannot be stored now"
        return f"250 2.0.0 {done.what}"

    async def _next(self, lines: Lines, talk: Talk) -> Reply:
        try:
            async with asyncio.timeout(self._bounds.idle):
                return talk.command(await lines.line())
        except TooLong:
            return Reply(("500 5.5.2 no command is so long",), Next.END)

    async def _say(self, writer: asyncio.StreamWriter, reply: Reply) -> None:
        writer.write("".join(f"{line}\r\n" for line in reply.lines).encode())
        async with asyncio.timeout(self._bounds.idle):
            await writer.drain()
