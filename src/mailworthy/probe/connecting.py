"""A resolver that also fetches and dials: `--connect`."""

import asyncio
from collections import Counter
from collections.abc import Container, Coroutine
from typing import Any, TypeVar, cast

import msgspec

from mailworthy.errors import UsageError
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
from mailworthy.names import to_ascii
from mailworthy.probe import tls
from mailworthy.probe.https import Getter, get
from mailworthy.probe.lines import Limits
from mailworthy.probe.smtp import NO_CONNECTION, Caller, converse

T = TypeVar("T")
SMTP = 25
PORTS = frozenset({25, 465, 587})  # of SMTP; a zone must not send us to others
AT_ONCE = 2  # conversations with one address
IN_ALL = 8  # with one address, in the life of this resolver
EVERYWHERE = 32  # conversations and fetches at once
REMEMBERED = 1024  # conversations, so that many domains of one server call it once


class Connecting:
    """DNS from `resolver`; HTTPS and SMTP from here, to addresses in `allowed` only.

    See drive.Waiting and drive.Starting. `helo` is the name that we give in EHLO (without one,
    our address), `ca` a PEM file with authorities to trust besides this machine's, `ports`
    those that may be dialled. The same conversation is not had twice.
    Raises UsageError for a `ca` that cannot be read, BadName for a `helo` that is no name.
    """

    def __init__(
        self,
        resolver: Resolver,
        *,
        allowed: Container[str],
        helo: str = "",
        ca: str | None = None,
        limits: Limits | None = None,
        ports: Container[int] = PORTS,
    ) -> None:
        self.resolver = resolver
        self._allowed, self._ports = allowed, ports
        self._caller = Caller(helo and to_ascii(helo), ca, limits or Limits())
        self._getter = Getter(self._addresses, allowed, tls.strict(ca))
        self._calls: Counter[str] = Counter()
        self._lines: dict[str, asyncio.Semaphore] = {}
        self._everywhere = asyncio.Semaphore(EVERYWHERE)
        self._known: dict[Dial, Reply] = {}
        self._flights: dict[Dial, asyncio.Task[Reply]] = {}
        self._is_25_open = False
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
        """Run a coroutine from synchronous code, where the inner resolver runs its own.

        Raises UsageError from a coroutine that runs there already.
        """
        if not isinstance(self.resolver, Instant):
            return cast(T, self.resolver.run(work))
        if self._background is None:
            self._background = Background()
        if self._background.is_here():
            work.close()
            raise UsageError("a coroutine of this resolver awaits, and does not `run`, others")
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

    async def _addresses(self, host: str) -> tuple[str, ...] | Why:
        """Those of a host, of both families; why not, if one failed and the other gave none."""
        asks = [Question(host, type_) for type_ in ("A", "AAAA")]
        replies = await asyncio.gather(*map(self._look, asks))
        found = [ip for reply in replies if isinstance(reply, Answer) for ip in reply.records]
        whys = [reply.why for reply in replies if reply.why is not None]
        return whys[0] if whys and not found else tuple(found)

    async def _fetch(self, ask: Fetch) -> Reply:
        async with self._everywhere:
            return await get(ask, self._getter)

    async def _dial(self, ask: Dial) -> Reply:
        if ask.ip:
            return await self._shared(ask)
        found = await self._addresses(ask.host)
        if isinstance(found, Why) or not found:
            why = found if isinstance(found, Why) else Why.UNREACHABLE
            return failed(ask, why, detail="no address")
        reply = await self._shared(msgspec.structs.replace(ask, ip=found[0]))
        return msgspec.structs.replace(cast(Dialled, reply), ask=ask)

    async def _shared(self, ask: Dial) -> Reply:
        """The reply of the one conversation, which goes on for others when a run is over."""
        if ask in self._known:
            return self._known[ask]
        flight = self._flights.get(ask)
        if flight is None or flight.get_loop() is not asyncio.get_running_loop():
            flight = self._flights[ask] = asyncio.ensure_future(self._call(ask))
        return await asyncio.shield(flight)

    async def _call(self, ask: Dial) -> Reply:
        try:
            reply = self._refused(ask) or await self._have(ask)
        finally:
            self._flights.pop(ask, None)
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[ask] = reply
        return reply

    def _refused(self, ask: Dial) -> Reply | None:
        """Why there is to be no such conversation, else it counts as one."""
        if ask.port not in self._ports:
            return failed(ask, Why.NO_MEANS, detail=f"port {ask.port} is not one of mail")
        if ask.ip not in self._allowed:
            return failed(ask, Why.NO_MEANS, detail=f"{ask.ip} is no public address")
        if self._calls[ask.ip] >= IN_ALL:
            detail = f"no more than {IN_ALL} conversations with one address"
            return failed(ask, Why.BUSY, detail=detail)
        self._calls[ask.ip] += 1
        return None

    async def _have(self, ask: Dial) -> Reply:
        line = self._lines.setdefault(ask.ip, asyncio.Semaphore(AT_ONCE))
        async with line, self._everywhere:
            return self._explained(await converse(ask, self._caller))

    def _explained(self, reply: Dialled) -> Dialled:
        """Where nobody on port 25 has answered so far, this network may be the reason."""
        if reply.ask.port != SMTP:
            return reply
        self._is_25_open |= reply.why is not Why.TIMEOUT or reply.detail != NO_CONNECTION
        if self._is_25_open:
            return reply
        detail = f"{reply.detail}: many networks close port 25 on the way out"
        return msgspec.structs.replace(reply, detail=detail)
