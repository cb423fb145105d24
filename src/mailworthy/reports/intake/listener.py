"""One connection to a listener, from its beginning to its end, in bounds."""

import asyncio
from abc import ABC, abstractmethod

from mailworthy.reports.intake.body import Room
from mailworthy.reports.intake.crowd import Bounds, Client, Crowd, end, peer


class Listener(ABC):
    """Serves connections.

    `full` is what those hear who come when too many are here, `ousted` those who have to make
    room for others, `slow` those who keep us waiting; `gone` is raised where a client has left.
    """

    full = ousted = slow = b""
    gone: tuple[type[Exception], ...] = (OSError,)

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._crowd = Crowd(bounds)
        self._room = Room(bounds.total)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its beginning to its end. What goes wrong in it ends it."""
        task = asyncio.current_task()
        client = self._crowd.enter(peer(writer), task.cancel) if task else None
        if client is None:
            await end(writer, self.full)
            return
        last = b""
        try:
            await self._served(reader, writer, client)
        except asyncio.CancelledError:
            if task is None or not client.ousted or task.uncancel():
                raise
            last = self.ousted
        except TimeoutError:
            last = self.slow
        except self.gone:
            last = b""
        finally:
            self._crowd.leave(client)
            await end(writer, last)

    @abstractmethod
    async def _served(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: Client
    ) -> None:
        """All that is said. Raises TimeoutError, and what `gone` names."""
