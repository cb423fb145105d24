"""One connection to a listener of mail, from its beginning to its end, in bounds."""

import asyncio
from abc import ABC, abstractmethod

from mailworthy.reports.intake.body import Room
from mailworthy.reports.intake.crowd import Bounds, Client, Crowd, end, peer
from mailworthy.reports.intake.lmtp.lines import Closed, Lines
from mailworthy.reports.intake.lmtp.reply import Reply

FULL = b"421 4.3.2 too many are here, come again\r\n"
_SLOW = b"421 4.4.2 that took too long\r\n"


class Listener(ABC):
    """Serves connections; `ousted` is what those hear who have to make room for others."""

    ousted = FULL

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._crowd = Crowd(bounds)
        self._room = Room(bounds.total)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its beginning to its end. What goes wrong in it ends it."""
        task = asyncio.current_task()
        client = self._crowd.enter(peer(writer), task.cancel) if task else None
        if client is None:
            await end(writer, FULL)
            return
        last = b""
        try:
            await self._talk(Lines(reader), writer, client)
        except asyncio.CancelledError:
            if task is None or not client.ousted or task.uncancel():
                raise
            last = self.ousted
        except TimeoutError:
            last = _SLOW
        except (Closed, OSError):
            last = b""  # the client has gone
        finally:
            self._crowd.leave(client)
            await end(writer, last)

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
