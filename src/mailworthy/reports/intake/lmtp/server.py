"""The LMTP server: a mail is accepted when it has been stored for certain."""

import asyncio
import contextlib
import time
from collections.abc import Collection

from mailworthy.reports.intake.desk import Desk
from mailworthy.reports.intake.lmtp.lines import Closed, Lines, TooLong
from mailworthy.reports.intake.lmtp.talk import Next, Reply, Talk
from mailworthy.reports.intake.model import Incoming
from mailworthy.store import StoreError, StoreFull

ORIGIN = "lmtp"
AT_ONCE = 8  # each may hold a mail in memory
_IDLE, _MAIL = 300.0, 600.0  # seconds; RFC 5321 §4.5.3.2


class Server:
    """Serves connections; `own` are the addresses that reports may come to."""

    def __init__(self, desk: Desk, own: Collection[str], *, vouch: bool = False) -> None:
        self._desk = desk
        self._own = own
        self._most = desk.importer.limits.mail
        self._vouched = "what comes by LMTP" if vouch else ""
        self._room = asyncio.Semaphore(AT_ONCE)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its beginning to its end. What goes wrong in it ends it."""
        try:
            async with self._room:
                await self._talk(Lines(reader), writer)
        except (Closed, OSError, TimeoutError):
            return  # the client has gone, or keeps us waiting: it still has its mail
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _talk(self, lines: Lines, writer: asyncio.StreamWriter) -> None:
        talk = Talk(self._own, self._most)
        reply = Reply(("220 mailworthy LMTP",))
        while True:
            await _say(writer, reply)
            if reply.next is Next.END:
                return
            if reply.next is Next.MAIL:
                reply = talk.ended(await self._mail(lines))
            else:
                reply = await _next(lines, talk)

    async def _mail(self, lines: Lines) -> str:
        async with asyncio.timeout(_MAIL):
            mail = await lines.mail(self._most)
        if mail is None:
            return f"552 5.3.4 more than {self._most} octets are too many"
        return await self._stored(mail)

    async def _stored(self, mail: bytes) -> str:
        """The answer; a mail that is no report is kept too, with the reason."""
        name = f"a mail of {len(mail)} octets"
        now = int(time.time())
        came = Incoming(mail, name, ORIGIN, now, self._vouched, mail=True, delivered=True)
        try:
            (done,) = await self._desk.take(came)
        except StoreFull:
            return "452 4.3.1 no room"
        except StoreError:
            return "451 4.3.0 it cannot be stored now"
        return f"250 2.0.0 {done.what}"


async def _next(lines: Lines, talk: Talk) -> Reply:
    try:
        async with asyncio.timeout(_IDLE):
            return talk.command(await lines.line())
    except TooLong:
        return Reply(("500 5.5.2 no command is so long",), Next.END)


async def _say(writer: asyncio.StreamWriter, reply: Reply) -> None:
    writer.write("".join(f"{line}\r\n" for line in reply.lines).encode())
    async with asyncio.timeout(_IDLE):
        await writer.drain()
