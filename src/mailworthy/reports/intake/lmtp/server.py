"""The LMTP server: a mail is accepted when it has been stored for certain."""

import asyncio
import time
from collections.abc import Collection
from contextlib import closing

from mailworthy.reports.intake.body import Body, Lack
from mailworthy.reports.intake.crowd import Bounds, Client
from mailworthy.reports.intake.desk import Desk
from mailworthy.reports.intake.lmtp.lines import Lines, TooLong
from mailworthy.reports.intake.lmtp.listener import MailListener
from mailworthy.reports.intake.lmtp.reply import Next, Reply
from mailworthy.reports.intake.lmtp.talk import Talk
from mailworthy.reports.intake.model import Incoming
from mailworthy.store import StoreError, StoreFull

ORIGIN = "lmtp"
_OUSTED = b"421 4.3.2 others are waiting, come again\r\n"


class Server(MailListener):
    """Serves connections; `own` are the addresses that reports may come to.

    Whoever keeps others out for nothing is sent away with 421, and still has its mail.
    """

    ousted = _OUSTED

    def __init__(
        self,
        desk: Desk,
        own: Collection[str],
        *,
        vouch: bool = False,
        bounds: Bounds | None = None,
    ) -> None:
        super().__init__(bounds or Bounds())
        self._desk = desk
        self._own = own
        self._most = desk.importer.limits.mail
        self._vouched = "what comes by LMTP" if vouch else ""

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
