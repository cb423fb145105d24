"""The resolver that asks the real world."""

import asyncio
import os
import ssl
import threading
import weakref
from collections.abc import Coroutine, Iterable
from typing import Any, Self, TypeVar, cast

from mailworthy.errors import UsageError
from mailworthy.lookup.cache import Cache, Limits
from mailworthy.lookup.live.background import Background, stop
from mailworthy.lookup.live.engine import Engine, Settings
from mailworthy.lookup.live.exchange import Pace
from mailworthy.lookup.live.servers import Server, Transport, servers
from mailworthy.lookup.model import Ask, Question, Reply, Why, failed

T = TypeVar("T")


class Live:
    """Answers from DNS servers, over UDP, TCP, TLS or HTTPS; see drive.Waiting.

    `Live()` asks this machine's servers, `Live("9.9.9.9", "tls://dns.quad9.net")` those named,
    in turn. `trust_ad` says whether their AD bit counts; by default that of servers on this
    machine, over TLS or HTTPS, or under `options trust-ad` does. One object may serve any
    number of threads and event loops: its work is done in a thread of its own.
    Raises UsageError for a server that cannot be understood.
    """

    def __init__(
        self,
        *specs: str | Server,
        trust_ad: bool | None = None,
        pace: Pace | None = None,
        in_flight: int = 100,
        cache: Limits | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        found = tuple(_all_servers(specs or ("system",)))
        self._settings = Settings(found, pace or Pace(), trust_ad, in_flight, tls)
        self._cache = Cache(cache)
        self._lock = threading.Lock()
        self._background: Background | None = None
        self._engine: Engine | None = None
        self._process = os.getpid()
        self._closed = False

    @property
    def servers(self) -> tuple[Server, ...]:
        """The servers that are asked, in order."""
        return self._settings.servers

    async def answer(self, ask: Ask, timeout: float | None = None) -> Reply:
        """The reply, after at most `timeout` seconds; never raises for what the world did."""
        if not isinstance(ask, Question):
            return failed(ask, Why.NO_MEANS)
        background, engine = self._started()
        if background.is_here():
            return await engine.answer(ask, timeout)
        work = engine.answer(ask, timeout)
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, background.loop))

    def begin(self, ask: Ask) -> "Reply | asyncio.Future[Reply] | None":
        """See drive.Starting: on this resolver's own loop only, where flights can be shared."""
        if not isinstance(ask, Question):
            return failed(ask, Why.NO_MEANS)
        background, engine = self._background, self._engine
        if background is None or engine is None or not background.is_here():
            return None
        return cast("Reply | asyncio.Future[Reply]", engine.begin(ask))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on this resolver's own loop, from inside or outside of another one.

        Raises UsageError if this resolver is closed or if the call comes from a coroutine
        that it runs already.
        """
        try:
            background, _ = self._started()
            if background.is_here():
                raise UsageError("this resolver runs the caller already: await adrive instead")
        except UsageError:
            work.close()
            raise
        return background.run(work)

    def close(self) -> None:
        """Give every socket back; what is under way is cancelled. May be called twice."""
        with self._lock:
            self._closed = True
            background, engine = self._background, self._engine
            self._background = self._engine = None
        if background is None or engine is None or self._process != os.getpid():
            return
        if background.is_here():
            raise UsageError("a resolver cannot be closed by a coroutine that it runs")
        background.run(engine.close())
        background.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _started(self) -> tuple[Background, Engine]:
        with self._lock:
            if self._closed:
                raise UsageError("this resolver is closed")
            if self._process != os.getpid():  # a forked child inherits no threads
                self._process, self._background = os.getpid(), None
            if self._background is None or self._engine is None:
                self._background = Background()
                self._engine = self._background.run(_make(self._settings, self._cache))
                weakref.finalize(self, stop, self._background.loop)
            return self._background, self._engine


async def _make(settings: Settings, cache: Cache) -> Engine:
    return Engine(settings, cache)


def _all_servers(specs: Iterable[str | Server]) -> Iterable[Server]:
    for spec in specs:
        for server in [spec] if isinstance(spec, Server) else servers(spec):
            if server.transport is Transport.HTTPS:
                _need_https()
            yield server


def _need_https() -> None:
    try:
        import httpx2  # noqa: F401
    except ImportError:
        raise UsageError("DNS over HTTPS needs dnspython[doh] 2.9 or later") from None
