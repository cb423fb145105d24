"""One question, several attempts: retries, other servers, servers without EDNS."""

import asyncio
from collections.abc import Iterator, Sequence

import msgspec

from mailworthy.lookup.interpret import Learned, failure, is_final
from mailworthy.lookup.live.inbox import Cancel, Inbox, Upstream
from mailworthy.lookup.model import Status, Why
from mailworthy.lookup.wire import Query
from mailworthy.lookup.wiremodel import Message

_FORMERR, _NOTIMP, _BADVERS = 1, 4, 16
_DISLIKES_EDNS = (_FORMERR, _NOTIMP, _BADVERS)


class Pace(msgspec.Struct, frozen=True):
    """How patient one question is; all in seconds.

    Every server is waited for `waits[0]`, then each again for `waits[1]` and so on, `budget`
    at most in all. An answer that comes late, while the next server is asked, still counts.
    """

    waits: tuple[float, ...] = (1.5, 3.0)
    budget: float = 5.5


class Outcome(msgspec.Struct, frozen=True):
    """A final message, or what is known of the failure; and the server it came from.

    `failure` means nothing where there is a message.
    """

    upstream: Upstream | None
    message: Message | None
    failure: Learned


_SILENCE = Outcome(None, None, Learned(Status.FAILED, Why.TIMEOUT, rcode=""))


class _Attempts:
    """The attempts at one question and what they have brought so far."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._inbox = Inbox()
        self._cancels: list[Cancel] = []
        self._plain: set[int] = set()  # asked without EDNS
        self._heard: set[int] = set()  # answered, if only with an error
        self.failed = _SILENCE

    def send(self, upstream: Upstream, *, edns: bool) -> None:
        self._cancels.append(upstream.send(self._query, self._inbox, edns=edns))

    def close(self) -> None:
        for cancel in self._cancels:
            cancel()

    def is_worth(self, upstream: Upstream) -> bool:
        """Asking a server again helps only if it has not answered."""
        return id(upstream) not in self._heard

    async def listen(self, current: Upstream, seconds: float) -> Outcome | None:
        """An outcome that settles the question; None when the next attempt is due."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while item := await self._inbox.get(until - loop.time()):
            upstream, message = item
            outcome = self._judge(upstream, message)
            if outcome is not None:
                return outcome
            answered = message is None or id(upstream) in self._heard
            if upstream is current and answered:
                return None
        return None

    def _judge(self, upstream: Upstream, message: Message | None) -> Outcome | None:
        if message is None:
            return None
        if is_final(message):
            if id(upstream) in self._plain:
                upstream.edns = False
            return Outcome(upstream, message, _SILENCE.failure)
        if self._retry_without_edns(upstream, message):
            return None
        self._heard.add(id(upstream))
        self.failed = Outcome(upstream, None, failure(message))
        return self.failed if self.failed.failure.why is Why.BOGUS else None

    def _retry_without_edns(self, upstream: Upstream, message: Message) -> bool:
        """RFC 6891 §7: some servers answer FORMERR to what they do not know."""
        plain = id(upstream) in self._plain or not upstream.edns
        if message.rcode not in _DISLIKES_EDNS or plain:
            return False
        self._plain.add(id(upstream))
        self.send(upstream, edns=False)
        return True


async def exchange(query: Query, upstreams: Sequence[Upstream], pace: Pace) -> Outcome:
    """Ask the servers in turn until one settles the question. Never raises for I/O."""
    loop = asyncio.get_running_loop()
    until = loop.time() + pace.budget
    attempts = _Attempts(query)
    try:
        for upstream, seconds in _schedule(upstreams, pace):
            left = until - loop.time()
            if left <= 0:
                break
            if not attempts.is_worth(upstream):
                continue
            attempts.send(upstream, edns=upstream.edns)
            outcome = await attempts.listen(upstream, min(seconds, left))
            if outcome is not None:
                return outcome
        return attempts.failed
    finally:
        attempts.close()


def _schedule(upstreams: Sequence[Upstream], pace: Pace) -> Iterator[tuple[Upstream, float]]:
    for seconds in pace.waits:
        for upstream in upstreams:
            yield upstream, seconds
