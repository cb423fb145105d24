"""Where servers hand in what they receive: one thread stores, so that nobody waits for a disc."""

import asyncio
import contextlib
from concurrent.futures import ThreadPoolExecutor

from mailworthy.reports.intake.importing import Importer
from mailworthy.reports.intake.model import Done, Incoming
from mailworthy.store import StoreError


class Desk:
    """Takes one thing after the other; whoever waits may give up, and it is stored all the same."""

    def __init__(self, importer: Importer) -> None:
        self.importer = importer
        self._thread = ThreadPoolExecutor(1, "intake")

    async def take(self, came: Incoming) -> list[Done]:
        """Take it, and return when it would survive a power cut. Raises StoreError."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._take, came)

    def _take(self, came: Incoming) -> list[Done]:
        found = list(self.importer.take(came))
        self.importer.settle()
        return found

    async def judge_again(self, pause: float) -> None:
        """Judge anew what could not be judged before, again and again, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(StoreError):  # it is tried again anyway
                await loop.run_in_executor(self._thread, self.importer.judge_again)
            await asyncio.sleep(pause)

    def close(self) -> None:
        """Return when all is done that was begun."""
        self._thread.shutdown()
