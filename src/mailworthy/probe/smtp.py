"""One SMTP conversation, as `lookup.model.Dial` asks for it."""

import asyncio
import ssl
import time
from collections.abc import Awaitable
from typing import Any, TypeVar

import msgspec

from mailworthy.lookup.model import (
    Dial,
    Dialled,
    Encryption,
    Said,
    Status,
    Trial,
    Why,
)
from mailworthy.names import printable
from mailworthy.probe import tls
from mailworthy.probe.lines import Broken, Limits, Wire

T = TypeVar("T")
BUSY = 421  # RFC 5321 §3.8: the server closes the channel
STRANGER = "nobody@example.org"  # nobody's, and no server's of the user


class Caller(msgspec.Struct, frozen=True):
    """Who calls: the name given in EHLO, authorities to trust besides this machine's."""

    helo: str = "localhost"
    ca: str | None = None
    limits: Limits = Limits()


async def converse(ask: Dial, caller: Caller) -> Dialled:
    """Have the conversation. Never raises for what the peer does; ends in `limits.whole` seconds.

    A server whose certificate is not to be trusted is called a second time, to see it.
    """
    start = time.monotonic()
    talk = _Talk(ask, caller)
    try:
        async with asyncio.timeout(caller.limits.whole):
            await talk.run()
            if talk.distrusted:
                talk = _Talk(ask, caller, talk.distrusted)
                await talk.run()
    except TimeoutError:
        talk.fail(Why.TIMEOUT, "the conversation took too long")
    finally:
        talk.hang_up()
    return talk.result((time.monotonic() - start) * 1000)


class _Talk:
    """One call; what was learned is kept whenever it ends."""

    def __init__(self, ask: Dial, caller: Caller, untrusted: str = "") -> None:
        self.ask, self.caller, self.untrusted = ask, caller, untrusted
        self.wire = Wire()
        self.learned: dict[str, Any] = {}
        self.why: Why | None = None
        self.detail = ""
        self.distrusted = ""

    def result(self, ms: float) -> Dialled:
        """What was learned: FOUND as soon as there was a banner of a server with time for us."""
        found = "banner" in self.learned and self.why is not Why.BUSY
        status = Status.FOUND if found else Status.FAILED
        why = None if found else self.why or Why.GARBLED
        return Dialled(self.ask, status, why, self.detail, **self.learned, ms=ms)

    def fail(self, why: Why, detail: str) -> None:
        """Keep the first reason."""
        if self.why is None:
            self.why, self.detail = why, detail

    def hang_up(self) -> None:
        if self.wire.transport is not None:
            self.wire.transport.abort()

    async def run(self) -> None:
        try:
            await self.connect()
            await self.greet()
        except _Busy as busy:
            self.fail(Why.BUSY, printable(str(busy), 200))
        except Broken as broken:
            self.fail(Why.GARBLED, str(broken))
        except TimeoutError:
            self.fail(Why.TIMEOUT, "no reply in time")
        except OSError as error:
            self.fail(Why.UNREACHABLE, printable(error.strerror or str(error), 120))
        finally:
            self.hang_up()

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        where = self.ask.ip or self.ask.host
        work = loop.create_connection(lambda: self.wire, where, self.ask.port)
        await self.timely(work)
        if self.ask.encryption is Encryption.IMPLICIT:
            await self.encrypt()

    async def greet(self) -> None:
        if self.distrusted or self.learned.get("tls_error"):
            return
        await self.hear("banner", self.wire.reply())
        if self.learned["banner"].code != 220:
            return
        await self.hear("ehlo", self.wire.command(f"EHLO {self.caller.helo}"))
        offered = "STARTTLS" in Dialled(self.ask, Status.FOUND, **self.learned).extensions
        if self.ask.encryption is Encryption.STARTTLS and offered:
            await self.starttls()
        if not self.learned.get("tls_error") and not self.distrusted:
            await self.try_out()
            await self.hear("", self.wire.command("QUIT"))

    async def starttls(self) -> None:
        said = await self.hear("starttls", self.wire.command("STARTTLS"))
        if said.code != 220:
            return
        await self.encrypt()
        if "tls" in self.learned:
            await self.hear("ehlo_tls", self.wire.command(f"EHLO {self.caller.helo}"))

    async def encrypt(self) -> None:
        offer = tls.context(
            self.ask.newest, ca=self.caller.ca, trusting=bool(self.untrusted or self.ask.newest)
        )
        try:
            await self.timely(self.wire.encrypt(offer, self.ask.host))
        except ssl.SSLCertVerificationError as error:
            self.distrusted = tls.untrusted(error)
        except (OSError, Broken) as error:
            self.learned["tls_error"] = printable(_reason(error), 120)
        else:
            assert self.wire.transport is not None
            found = self.wire.transport.get_extra_info("ssl_object")
            self.learned["tls"] = tls.handshake(found, self.untrusted)

    async def try_out(self) -> None:
        for trial in self.ask.trials:
            said = await (self.verify() if trial is Trial.VRFY else self.relay())
            if said is not None:
                self.learned["tried"] = (*self.learned.get("tried", ()), (trial, said))

    async def verify(self) -> Said:
        return await self.hear("", self.wire.command("VRFY postmaster"))

    async def relay(self) -> Said | None:
        """Whether a stranger's recipient is taken; nothing is sent, and nothing tried from the
        server's own address, which may relay."""
        assert self.wire.transport is not None
        here = self.wire.transport.get_extra_info("sockname")
        there = self.wire.transport.get_extra_info("peername")
        if here and there and here[0] == there[0]:
            return None
        said = await self.hear("", self.wire.command("MAIL FROM:<>"))
        if said.code == 250:
            said = await self.hear("", self.wire.command(f"RCPT TO:<{STRANGER}>"))
            await self.hear("", self.wire.command("RSET"))
        return said

    async def hear(self, name: str, work: Awaitable[Said]) -> Said:
        """A reply in time, kept under a name."""
        said = await self.timely(work)
        if said.code == BUSY:
            raise _Busy(f"421 {' '.join(said.lines)}")
        if name:
            self.learned[name] = said
        return said

    async def timely(self, work: Awaitable[T]) -> T:
        async with asyncio.timeout(self.caller.limits.reply):
            return await work


class _Busy(Exception):
    """The server wants to be left alone for now."""


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    if isinstance(error, ConnectionError):
        return "the server hung up in the middle of it"
    return str(error) or type(error).__name__
