"""The listener: a mail is accepted when it has been judged and its page is written."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from ipaddress import ip_address

import msgspec

from mailworthy.inbox.boxes import Box, Boxes
from mailworthy.inbox.talk import Manner, Talk
from mailworthy.inbox.view import Arrived
from mailworthy.reports.intake.body import Body, Lack
from mailworthy.reports.intake.crowd import Bounds, Client
from mailworthy.reports.intake.lmtp.lines import Closed, Lines, TooLong
from mailworthy.reports.intake.lmtp.listener import MailListener
from mailworthy.reports.intake.lmtp.reply import Next, Reply

# Judges a mail for some addresses, and says how that went: a status line of SMTP.
Judge = Callable[[Arrived, tuple[Box, ...]], Awaitable[str]]
BOUNDS = Bounds(clients=20, idle=60.0, body=120.0, total=64 << 20)


class How(msgspec.Struct, frozen=True):
    """How to listen: in LMTP, with a certificate, for mails of at most so many octets."""

    name: str
    most: int = 10 << 20
    lmtp: bool = False
    tls: ssl.SSLContext | None = None


class Server(MailListener):
    """Serves connections; `judge` is handed what comes for `boxes`."""

    def __init__(self, boxes: Boxes, judge: Judge, how: How, bounds: Bounds = BOUNDS) -> None:
        super().__init__(bounds)
        self._boxes, self._judge, self._how = boxes, judge, how

    async def _talk(self, lines: Lines, writer: asyncio.StreamWriter, client: Client) -> None:
        local = _is_local(client.peer)
        how = self._how
        talk = Talk(Manner(how.name, how.most, how.lmtp, how.tls is not None, local), self._boxes)
        reply = talk.greeting()
        while True:
            await self._say(writer, reply)
            if reply.next is Next.END:
                return
            if reply.next is Next.TLS:
                await self._encrypt(lines, writer, talk)
                reply = await self._next(lines, talk)
            elif reply.next is Next.MAIL:
                reply = talk.ended(await self._mail(lines, client, talk))
            else:
                reply = await self._next(lines, talk)

    async def _mail(self, lines: Lines, client: Client, talk: Talk) -> str:
        with closing(Body(self._room, self._how.most)) as body:
            client.bringing = True
            async with asyncio.timeout(self._bounds.body):
                await lines.mail(body.write)
            client.bringing = False
            if body.lack is Lack.SIZE:
                return f"552 5.3.4 more than {self._how.most} octets are too many"
            if body.lack is Lack.ROOM:
                return "452 4.3.1 too much at once, try again"
            client.busy = True
            raw = body.read()
            data = raw if isinstance(raw, bytes) else raw.read()
        answer = await self._judge(self._arrived(data, client, talk), tuple(talk.recipients))
        self._crowd.served(client)
        return answer

    def _arrived(self, data: bytes, client: Client, talk: Talk) -> Arrived:
        """Who brought it: as a trusted peer says, else the peer itself, if it is no mail server of
        this machine."""
        to = tuple(box.address for box in talk.recipients)
        sender, now = talk.sender or "", datetime.now(UTC)
        if talk.client:
            return Arrived(data, talk.client, talk.client_helo, sender, to, now)
        if self._how.lmtp or _is_local(client.peer):
            return Arrived(data, "", "", sender, to, now)
        tls = talk.encrypted if self._how.tls is not None else None
        return Arrived(data, client.peer, talk.helo, sender, to, now, tls)

    async def _encrypt(self, lines: Lines, writer: asyncio.StreamWriter, talk: Talk) -> None:
        """Who sends anything before TLS is left, so that nobody slips in a command (RFC 3207 §6).
        So is who has not heard us yet: while that is waited for, more could come."""
        unheard = writer.transport.get_write_buffer_size()
        if self._how.tls is None or unheard or not lines.clear:
            raise Closed
        async with asyncio.timeout(self._bounds.idle):
            await writer.start_tls(self._how.tls)
        talk.secured()

    async def _next(self, lines: Lines, talk: Talk) -> Reply:
        try:
            async with asyncio.timeout(self._bounds.idle):
                return talk.command(await lines.line())
        except TooLong:
            return Reply(("500 5.5.2 no command is so long",), Next.END)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_local(text: str) -> bool:
    """Somebody on this machine: a user over a socket, or a loopback address."""
    return not _is_address(text) or ip_address(text).is_loopback
