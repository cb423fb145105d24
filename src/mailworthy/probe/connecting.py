"""A resolver that also fetches and dials: `--connect`."""

import asyncio
from collections import Counter
from collections.abc import Container, Coroutine
from typing import Any, TypeVar, cast

import msgspec

from mailworthy.lookup.drive import Instant, Resolver, Starting
from mailworthy.lookup.live.background import Background
from mailworthy.lookup.model import (
    Answer,
    Ask,
    Dial,
    Dialled,
    Fetch,
    Question,
    Reply,
    Why,
    failed,
)
from mailworthy.probe import tls
from mailworthy.probe.https import Getter, get
from mailworthy.probe.lines import Limits
from mailworthy.probe.smtp import Caller, converse

T = TypeVar("T")
PORTS = frozenset({25, 465, 587})  # of SMTP; a zone must not send us to others
AT_ONCE = 2  # conversations with one address
IN_ALL = 8  # with one address, in the life of this resolver


class Connecting:
    """DNS from `resolver`; HTTPS and SMTP from here, to addresses in `allowed` only.

    See drive.Waiting and drive.Starting. `helo` is the name that we give in EHLO, `ca` a PEM
    file with authorities to trust besides this machine's, `ports` those that may be dialled.
    Raises UsageError for a `ca` that cannot be read.
    """

    def __init__(
        self,
        resolver: Resolver,
        *,
        allowed: Container[str],
        helo: str = "localhost",
        ca: str | None = None,
        limits: Limits | None = None,
        ports: Container[int] = PORTS,
    ) -> None:
        self.resolver = resolver
        self._allowed, self._ports = allowed, ports
        self._caller = Caller(helo, ca, limits or Limits())
        self._getter = Getter(self._addresses, allowed, tls.context(ca=ca, names=True))
        self._calls: Counter[str] = Counter()
        self._lines: dict[str, asyncio.Semaphore] = {}
        self._background: Background | None = None

    async def answer(self, ask: Ask, timeout: float | None = None) -> Reply:
        """The reply, after at most `timeout` seconds where one is given; never raises."""
        if not isinstance(ask, Fetch | Dial):
            return await self._look(ask, timeout)
        try:
            async with asyncio.timeout(timeout):
                return await (self._fetch(ask) if isinstance(ask, Fetch) else self._dial(ask))
        except TimeoutError:
            return failed(ask, Why.TIMEOUT)

    def begin(self, ask: Ask) -> "Reply | asyncio.Future[Reply] | None":
        """See drive.Starting."""
        if isinstance(ask, Fetch | Dial):
            return None
        if isinstance(self.resolver, Instant):
            return self.resolver.instant(ask)
        return self.resolver.begin(ask) if isinstance(self.resolver, Starting) else None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine from synchronous code, where the inner resolver runs its own."""
        if not isinstance(self.resolver, Instant):
            return cast(T, self.resolver.run(work))
        if self._background is None:
            self._background = Background()
        return self._background.run(work)

    def close(self) -> None:
        """Close the inner resolver too."""
        if self._background is not None:
            self._background.stop()
            self._background = None
        close = getattr(self.resolver, "close", None)
        if close is not None:
            close()

    async def _look(self, ask: Ask, timeout: float | None = None) -> Reply:
        if isinstance(self.resolver, Instant):
            return self.resolver.instant(ask)
        return await self.resolver.answer(ask, timeout)

    async def _addresses(self, host: str) -> tuple[str, ...]:
        asks = [Question(host, type_) for type_ in ("A", "AAAA")]
        replies = await asyncio.gather(*map(self._look, asks))
        return tuple([ip for reply in replies if isinstance(reply, Answer) for ip in reply.records])

    async def _fetch(self, ask: Fetch) -> Reply:
        return await get(ask, self._getter)

    async def _dial(self, ask: Dial) -> Reply:
        if ask.port not in self._ports:
            return failed(ask, Why.NO_MEANS, detail=f"port {ask.port} is not one of mail")
        if not ask.ip:
            found = await self._addresses(ask.host)
            if not found:
                return failed(ask, Why.UNREACHABLE, detail="no address")
            ask_there = msgspec.structs.replace(ask, ip=found[0])
            return msgspec.structs.replace(cast(Dialled, await self._dial(ask_there)), ask=ask)
        if ask.ip not in self._allowed:
            return failed(ask, Why.UNREACHABLE, detail=f"{ask.ip} is no public address")
        if self._calls[ask.ip] >= IN_ALL:
            detail = f"no more than {IN_ALL} conversations with one address"
            return failed(ask, Why.BUSY, detail=detail)
        self._calls[ask.ip] += 1
        async with self._lines.setdefault(ask.ip, asyncio.Semaphore(AT_ONCE)):
            return await converse(ask, self._caller)
