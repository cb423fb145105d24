"""One process that serves: its loop, its signals, its numbers."""

import asyncio
import signal
import socket
from collections.abc import Callable, Sequence
from typing import Any

from mailworthy.errors import MailworthyError
from mailworthy.lookup.drive import Resolver
from mailworthy.milter import logs
from mailworthy.milter.judge import Judge
from mailworthy.milter.metrics import Meter
from mailworthy.milter.server import Log, Server


class Process:
    """Serves until SIGTERM or SIGINT; SIGHUP has it load the judge anew with `reload`.

    Where the resolver has a loop of its own the server runs there too, so that a message costs no
    change of threads; this thread then waits for signals.
    """

    def __init__(
        self,
        judge: Judge,
        resolver: Resolver,
        sockets: Sequence[socket.socket],
        *,
        reload: Callable[[], Judge],
        log: Log,
        meter: Meter,
    ) -> None:
        self._server = Server(judge, resolver, log=log, meter=meter)
        self._resolver, self._sockets = resolver, sockets
        self._reload, self._log = reload, log
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def run(self) -> None:
        """Until the end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        signal.signal(signal.SIGHUP, self._again)
        run = getattr(self._resolver, "run", asyncio.run)
        run(self._main())

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._log(logs.event("started", places=", ".join(map(_shown, self._sockets))))
        await self._server.run(self._sockets, self._stop)
        self._log(logs.event("stopped"))

    def _end(self, *_: Any) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)

    def _again(self, *_: Any) -> None:
        """A new judge for new connections; the old one stays where the new cannot be loaded."""
        try:
            judge = self._reload()
        except (MailworthyError, OSError) as error:
            self._log(logs.event("not reloaded", reason=str(error)))
            return
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._server.use, judge)
            self._log(logs.event("reloaded"))


def _shown(each: socket.socket) -> str:
    name = each.getsockname()
    return f"unix:{name}" if isinstance(name, str) else f"inet:{name[0]}:{name[1]}"
