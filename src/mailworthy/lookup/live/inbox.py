"""What comes back for one question, from whichever server and attempt."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol, TypeAlias

from mailworthy.lookup.wire import Query
from mailworthy.lookup.wiremodel import Message

Cancel: TypeAlias = Callable[[], object]


class Upstream(Protocol):
    """A server as questions see it."""

    edns: bool
    trust_ad: bool

    def send(self, query: Query, inbox: "Inbox", *, edns: bool) -> Cancel:
        """Send a question; what comes of it is put into the inbox, until it is cancelled."""
        ...

    async def close(self) -> None:
        """Give every socket back."""
        ...


# A message, or None where the server cannot be reached or sent rubbish.
Item: TypeAlias = tuple[Upstream, Message | None]


class Inbox:
    """A queue with one reader, lighter than asyncio's."""

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._waiter: asyncio.Future[None] | None = None

    def put(self, upstream: Upstream, message: Message | None) -> None:
        """Add what a server sent, or None for its failure."""
        self._items.append((upstream, message))
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def get(self, seconds: float) -> Item | None:
        """The next item; None after that many seconds without."""
        if not self._items:
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = loop.call_later(max(0.0, seconds), self._wake)
            try:
                await self._waiter
            finally:
                timer.cancel()
        return self._items.popleft() if self._items else None
