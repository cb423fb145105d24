"""A listener of mail: lines come in, replies go out."""

import asyncio
from abc import abstractmethod

from mailworthy.reports.intake.crowd import Client
from mailworthy.reports.intake.listener import Listener
from mailworthy.reports.intake.lmtp.lines import Closed, Lines
from mailworthy.reports.intake.lmtp.reply import Reply


class MailListener(Listener):
    """Serves connections of SMTP and LMTP."""

    full = ousted = b"421 4.3.2 too many are here, come again\r\n"
    slow = b"421 4.4.2 that took too long\r\n"
    gone = (Closed, OSError)

    async def _served(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: Client
    ) -> None:
        await self._talk(Lines(reader), writer, client)

    @abstractmethod
    async def _talk(self, lines: Lines, writer: asyncio.StreamWriter, client: Client) -> None:
        """The conversation. Raises TimeoutError, Closed, OSError."""

    async def _say(self, writer: asyncio.StreamWriter, reply: Reply) -> None:
        writer.write("".join(f"{line}\r\n" for line in reply.lines).encode())
        async with asyncio.timeout(self._bounds.idle):
            # So that others have their turn while many commands are there already, and that we
            # hear of it if the client has gone: under TLS nothing else tells.
            await asyncio.sleep(0)
            await writer.drain()
