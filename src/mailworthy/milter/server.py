"""The milter as a server: connections, a judge that may change, an end that loses nothing."""

import asyncio
import contextlib
import socket
import time
import traceback
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from mailworthy.dnsbl.result import Health
from mailworthy.lookup.drive import Resolver, adrive
from mailworthy.milter import logs
from mailworthy.milter.connection import PIECE, Connection, Full, Idle
from mailworthy.milter.draft import Limits, Room
from mailworthy.milter.handled import Handled
from mailworthy.milter.judge import Judge
from mailworthy.milter.mail import Mail
from mailworthy.milter.metrics import Meter, Silent
from mailworthy.milter.place import BACKLOG
from mailworthy.milter.session import Session
from mailworthy.milter.wire.decode import Malformed

REFUSED_AT_ONCE = 100  # connections beyond the limit that are told so; those beyond are closed
REMEMBERED = 3600.0  # seconds that what is known of blocklists holds
_KINDS: dict[type[Exception], str] = {Malformed: "malformed", Idle: "idle", Full: "memory"}
GRACE = 30.0  # seconds for messages under way, at the end

Log = Callable[[str], None]


class Server:
    """Serves any number of sockets with one judge at a time."""

    def __init__(
        self, judge: Judge, resolver: Resolver, *, log: Log, meter: Meter | None = None
    ) -> None:
        self._judge, self._resolver, self._log = judge, resolver, log
        self._meter = meter or Silent()
        self._room = Room(judge.policy.memory)
        self._open: dict[Connection, asyncio.Task[None]] = {}
        self._count = 0
        self._ending = False
        self._tested: dict[str, Health] = {}
        self._tested_until = 0.0

    @property
    def held(self) -> int:
        """Octets of messages and of half frames that are in memory now."""
        return self._room.used

    def use(self, judge: Judge) -> None:
        """From now on, for new connections; those that are open end with what they began with."""
        self._judge = judge
        self._room.most = judge.policy.memory

    async def run(
        self, sockets: Iterable[socket.socket], stop: asyncio.Event, *, grace: float = GRACE
    ) -> None:
        """Serve until `stop` is set, then until no message is under way, `grace` seconds long."""
        servers = [
            await asyncio.start_server(self._serve, sock=each, limit=PIECE, backlog=BACKLOG)
            for each in sockets
        ]
        await stop.wait()
        self._ending = True
        for server in servers:
            server.close()
        await self._drain(grace)

    async def _drain(self, grace: float) -> None:
        """Connections without a message are closed; the mail server has all that it needs."""
        for connection, task in list(self._open.items()):
            connection.ending = True
            if not connection.session.busy:
                task.cancel()
        tasks = set(self._open.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, whatever happens on it."""
        judge = self._judge
        self._count += 1
        self._meter.connections(1)
        try:
            if self._count <= judge.policy.connections + REFUSED_AT_ONCE:
                await self._talk(judge, reader, writer)
            else:
                self._meter.error("full")
        except asyncio.CancelledError:
            if not self._ending:
                raise
        finally:
            self._count -= 1
            self._meter.connections(-1)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _talk(
        self, judge: Judge, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        policy = judge.policy
        late = self._count > policy.connections
        session = Session(
            Limits(body=policy.max_message), self._room, refusing=lambda: late or self._ending
        )

        async def handle(mail: Mail) -> Handled:
            return await self._handle(judge, mail)

        connection = Connection(session, reader, writer, handle, self._room, idle=policy.idle)
        task = asyncio.current_task()
        assert task is not None
        self._open[connection] = task
        try:
            await connection.run()
        except (Malformed, Idle, Full) as error:
            kind = _KINDS[type(error)]
            self._meter.error(kind)
            self._log(logs.event(kind, reason=str(error)))
        except OSError as error:
            self._log(logs.event("gone", reason=str(error)))
        except Exception as error:  # noqa: BLE001 - a fault of ours ends one connection, not all
            self._broken(error)
        finally:
            session.close()
            del self._open[connection]

    def _broken(self, error: Exception, **about: str) -> None:
        self._meter.error("internal")
        where = "".join(traceback.format_tb(error.__traceback__)[-3:])
        reason = f"{type(error).__name__}: {error}"
        self._log(logs.event("error", reason=reason, where=where, **about))

    async def _handle(self, judge: Judge, mail: Mail) -> Handled:
        """Answer for a message, and tell of it."""
        began = time.monotonic()
        self._meter.in_flight(1)
        try:
            handled = await self._judged(judge, mail)
        finally:
            self._meter.in_flight(-1)
        seconds = time.monotonic() - began
        self._meter.handled(handled, seconds)
        self._log(logs.message(mail, handled, seconds * 1000))
        return handled

    async def _judged(self, judge: Judge, mail: Mail) -> Handled:
        engine = judge.handle(mail, now=datetime.now(UTC), tested=self._health())
        try:
            handled = await adrive(engine, self._resolver, deadline=judge.policy.deadline)
            self._learn(handled)
        except Exception as error:  # noqa: BLE001 - the mail server needs an answer all the same
            self._broken(error, queue_id=mail.queue_id)
            return judge.failed(mail, f"an error of ours, {type(error).__name__}")
        return handled

    def _health(self) -> dict[str, Health]:
        """What is known of blocklists, for an hour."""
        if time.monotonic() >= self._tested_until:
            self._tested = {}
            self._tested_until = time.monotonic() + REMEMBERED
        return self._tested

    def _learn(self, handled: Handled) -> None:
        verdict = handled.verdict
        if verdict is not None and (listings := verdict.evidence.listings) is not None:
            self._tested.update(listings.health)
