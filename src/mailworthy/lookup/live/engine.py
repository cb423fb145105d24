"""Questions to answers on one event loop: cache, one flight a question, aliases asked on for."""

import asyncio
import ssl
from collections.abc import Sequence
from typing import cast

import msgspec

from mailworthy.lookup.cache import Cache
from mailworthy.lookup.interpret import Learned, answer, learn, merge
from mailworthy.lookup.live.exchange import Pace, exchange
from mailworthy.lookup.live.inbox import Upstream
from mailworthy.lookup.live.servers import Server, Transport
from mailworthy.lookup.live.stream import Tls
from mailworthy.lookup.live.udp import Udp
from mailworthy.lookup.model import Answer, Question, Reply, Status, Why, failed
from mailworthy.lookup.nametext import canonical
from mailworthy.lookup.presentation import mnemonic
from mailworthy.lookup.wire import query


class Settings(msgspec.Struct, frozen=True):
    """What an engine goes by; `trust_ad` None leaves it to each server."""

    servers: tuple[Server, ...]
    pace: Pace
    trust_ad: bool | None
    in_flight: int
    tls: ssl.SSLContext | None


class Engine:
    """All that belongs to one event loop."""

    def __init__(self, settings: Settings, cache: Cache) -> None:
        self._settings = settings
        self._cache = cache
        self._upstreams: list[Upstream] = []
        self._flights: dict[Question, asyncio.Task[Answer]] = {}
        self._slots = asyncio.Semaphore(settings.in_flight)
        self._loop = asyncio.get_running_loop()

    def begin(self, ask: Question) -> "Answer | asyncio.Task[Answer]":
        """The answer from the cache, or else the flight for it, which others may share."""
        kept = self._cache.get(ask, self._loop.time())
        if kept is not None:
            return kept
        flight = self._flights.get(ask)
        if flight is None:
            flight = self._flights[ask] = self._loop.create_task(self._fly(ask))
        return flight

    async def answer(self, ask: Question, timeout: float | None) -> Reply:
        """The answer from the cache, from a flight under way or from a new one."""
        flight = self.begin(ask)
        if isinstance(flight, Answer):
            return flight
        if timeout is None:
            return await asyncio.shield(flight)
        try:
            return await asyncio.wait_for(asyncio.shield(flight), timeout)
        except TimeoutError:
            return failed(ask, Why.TIMEOUT)

    async def _fly(self, ask: Question) -> Answer:
        try:
            found = await self._ask(ask)
            self._cache.put(found, self._loop.time())
            return found
        finally:
            del self._flights[ask]

    async def _ask(self, ask: Question) -> Answer:
        type_, name = mnemonic(ask.type), canonical(ask.name)
        if type_ is None or name is None:
            why = Why.BAD_NAME if name is None else Why.REFUSED
            return cast(Answer, failed(ask, why))
        started = self._loop.time()
        learned, server = await self._one(name, type_)
        while learned.unfinished:
            after, server = await self._one(learned.chain[-1], type_)
            learned = merge(learned, after)
        ms = round((self._loop.time() - started) * 1000, 1)
        return answer(ask, learned, server=server, ms=ms)

    async def _one(self, name: str, type_: str) -> tuple[Learned, str]:
        """One exchange: what was learned, and from which server."""
        question = query(name, type_)
        if question is None:
            return Learned(Status.FAILED, Why.BAD_NAME, rcode=""), ""
        async with self._slots:
            outcome = await exchange(question, self._servers(), self._settings.pace)
        if outcome.upstream is None or outcome.message is None:
            return outcome.failure, str(outcome.upstream or "")
        learned = learn(outcome.message, name, type_)
        trust = self._settings.trust_ad
        trusted = outcome.upstream.trust_ad if trust is None else trust
        return learned._replace(ad=learned.ad and trusted), str(outcome.upstream)

    def _servers(self) -> Sequence[Upstream]:
        if not self._upstreams:
            self._upstreams = [self._upstream(server) for server in self._settings.servers]
        return self._upstreams

    def _upstream(self, server: Server) -> Upstream:
        seconds = self._settings.pace.budget
        if server.transport is Transport.UDP:
            return Udp(server, seconds)
        tls = self._settings.tls or ssl.create_default_context()
        if server.transport is Transport.TLS:
            return Tls(server, seconds, tls)
        from mailworthy.lookup.live.https import Https

        return Https(server, seconds, tls)

    async def close(self) -> None:
        """End every flight and give every socket back."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)
        for upstream in self._upstreams:
            await upstream.close()
