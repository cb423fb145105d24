"""An event loop in a thread of its own, for code that has none or must not block its own."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
GRACE = 5.0  # seconds that an interrupted caller waits for its coroutine to close what it holds


class Background:
    """A running loop; the thread is a daemon, so that a forgotten resolver holds up nobody."""

    def __init__(self) -> None:
        # Sockets are watched by readiness, which Windows' default loop cannot do.
        self.loop = asyncio.SelectorEventLoop()
        self._thread = threading.Thread(
            target=_serve, args=(self.loop,), name="mailworthy-dns", daemon=True
        )
        self._thread.start()

    def is_here(self) -> bool:
        """Whether the calling thread is the loop's own."""
        return threading.current_thread() is self._thread

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end; when interrupted, wait until it has been cancelled."""
        ended = threading.Event()
        future = asyncio.run_coroutine_threadsafe(_whole(work, ended), self.loop)
        try:
            return future.result()
        except BaseException:
            if future.cancel():
                ended.wait(GRACE)
            raise

    def stop(self) -> None:
        """End the loop and its thread."""
        stop(self.loop)
        self._thread.join()


def stop(loop: asyncio.AbstractEventLoop) -> None:
    """Ask a loop in another thread to end."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(loop.stop)


async def _whole(work: Coroutine[Any, Any, T], ended: threading.Event) -> T:
    try:
        return await work
    finally:
        ended.set()


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    finally:
        loop.close()
