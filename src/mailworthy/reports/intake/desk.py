"""Where servers hand in what they receive: one thread stores, so that nobody waits for a disc."""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.model import Done, Incoming
from mailworthy.store import StoreError

T = TypeVar("T")


class Desk:
    """Takes one thing after the other. Who gives up waiting gives up what was not begun."""

    def __init__(self, importer: Importer) -> None:
        self.importer = importer
        self._thread = ThreadPoolExecutor(1, "intake")

    async def take(self, came: Incoming) -> list[Done]:
        """Take it, and return when it would survive a power cut. Raises StoreError."""
        return await self.run(partial(self._take, came))

    async def run(self, call: Callable[[], T]) -> T:
        """Do something when its turn comes. What was begun is done when this returns, however it
        returns: the caller may close its files then."""
        work = self._thread.submit(call)
        waiting = asyncio.wrap_future(work)
        try:
            return await asyncio.shield(waiting)
        except asyncio.CancelledError:
            if not work.cancel():
                await asyncio.wait([waiting])
                waiting.exception()  # nobody else asks for it
            raise

    def _take(self, came: Incoming) -> list[Done]:
        found = list(self.importer.take(came))
        self.importer.settle()
        return found

    async def judge_again(self, pause: float) -> None:
        """Judge anew what could not be judged before, again and again, until cancelled."""
        while True:
            with contextlib.suppress(StoreError):  # it is tried again anyway
                await self.run(self.importer.judge_again)
            await asyncio.sleep(pause)

    def close(self) -> None:
        """Return when all is done that was begun."""
        self._thread.shutdown()
