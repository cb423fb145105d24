"""One SMTP conversation, as `lookup.model.Dial` asks for it."""

import asyncio
import ssl
import time
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from mailworthy.lookup.model import (
    NO_REPLY,
    Dial,
    Dialled,
    Encryption,
    Said,
    Status,
    Trial,
    Why,
)
from mailworthy.names import is_fqdn, is_hostname, parent, printable
from mailworthy.probe import tls
from mailworthy.probe.lines import Broken, Limits, Wire
from mailworthy.probe.reach import missed
from mailworthy.probe.trust import untrusted

T = TypeVar("T")
BUSY = 421  # RFC 5321 §3.8: the server closes the channel
NO_CONNECTION = "no connection in time"
GOODBYE = 2.0  # seconds for the reply to QUIT, which tells nothing
HUNG_UP = "the server hung up before there was encryption"
_HUNG_UP = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError)
NOBODY = "mailworthy-probe-nobody"  # a mailbox that no server has
STRANGER = f"{NOBODY}@example.org"  # a recipient of no server of the user (RFC 2606 §3)


class Caller(msgspec.Struct, frozen=True):
    """Who calls: the name given in EHLO, authorities to trust besides this machine's.

    Without a name the own address stands for it (RFC 5321 §4.1.4).
    """

    helo: str = ""
    ca: str | None = None
    limits: Limits = Limits()


async def converse(ask: Dial, caller: Caller) -> Dialled:
    """Have the conversation with `ask.ip`. Never raises for what the peer does; ends in
    `limits.whole` seconds.

    NO_MEANS where this machine has no way to that address.
    """
    start = time.monotonic()
    talk = _Talk(ask, caller)
    try:
        async with asyncio.timeout(caller.limits.whole):
            await talk.run()
    except TimeoutError:
        talk.fail(Why.TIMEOUT, talk.late())
    finally:
        talk.hang_up()
    return talk.result((time.monotonic() - start) * 1000)


class _Talk:
    """One call; what was learned is kept whenever it ends."""

    def __init__(self, ask: Dial, caller: Caller) -> None:
        self.ask, self.caller = ask, caller
        self.wire = Wire()
        self.learned: dict[str, Any] = {}
        self.why: Why | None = None
        self.detail = ""

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

    def late(self) -> str:
        return NO_REPLY if self.wire.connected else NO_CONNECTION

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
        except _NoTls as error:
            self.fail(Why.TLS, str(error))
        except TimeoutError:
            self.fail(Why.TIMEOUT, self.late())

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        work = loop.create_connection(lambda: self.wire, self.ask.ip, self.ask.port)
        try:
            await self.timely(work)
        except TimeoutError:
            raise
        except OSError as error:
            self.fail(*missed(error, self.ask.ip))

    async def greet(self) -> None:
        if not self.wire.connected:
            return
        if self.ask.encryption is Encryption.IMPLICIT:
            await self.encrypt()
        banner = await self.hear("banner", self.wire.reply(), self.caller.limits.greeting)
        if self.ask.greeting:
            await self.goodbye()
        if banner.code != 220 or self.ask.greeting:
            return
        await self.hello("ehlo")
        offered = "STARTTLS" in Dialled(self.ask, Status.FOUND, **self.learned).extensions
        if self.ask.encryption is Encryption.STARTTLS and offered:
            await self.starttls()
        await self.try_out()
        await self.goodbye()

    async def hello(self, name: str) -> None:
        await self.hear(name, self.wire.command(f"EHLO {self.caller.helo or self.literal()}"))

    def literal(self) -> str:
        """Our address as RFC 5321 §4.1.3 writes it."""
        here = self.place("sockname")
        return f"[IPv6:{here}]" if ":" in here else f"[{here}]"

    def place(self, side: str) -> str:
        assert self.wire.transport is not None
        found = self.wire.transport.get_extra_info(side)
        return str(found[0]) if found else ""

    async def starttls(self) -> None:
        said = await self.hear("starttls", self.wire.command("STARTTLS"))
        if said.code == 220:
            await self.encrypt()
            await self.hello("ehlo_tls")

    async def encrypt(self) -> None:
        """Raises _NoTls, or Broken where the server hung up, which may have other reasons; but
        to old versions of TLS that is an answer. What took too long is none."""
        host = self.ask.host if is_hostname(self.ask.host) else ""
        offer = tls.lenient(self.ask.newest)
        try:
            await self.timely(self.wire.encrypt(offer, host))
        except TimeoutError:
            raise
        except _HUNG_UP as error:
            if not self.ask.newest:
                raise Broken(HUNG_UP) from None
            self.learned["tls_error"] = HUNG_UP
            raise _NoTls(HUNG_UP) from error
        except (OSError, Broken) as error:
            self.learned["tls_error"] = printable(_reason(error), 120)
            raise _NoTls(self.learned["tls_error"]) from None
        assert self.wire.transport is not None
        found = self.wire.transport.get_extra_info("ssl_object")
        distrust = untrusted(tls.chain(found), tls.trusting(self.caller.ca))
        self.learned["tls"] = tls.handshake(found, distrust)

    async def try_out(self) -> None:
        for trial in self.ask.trials:
            await (self.verify() if trial is Trial.VRFY else self.relay())

    async def verify(self) -> None:
        """A mailbox that every server has, then one that none has (RFC 5321 §3.5.3, §4.5.1)."""
        at = f"@{self.domain()}" if self.domain() else ""
        for who in ("postmaster", NOBODY):
            self.tell(Trial.VRFY, await self.hear("", self.wire.command(f"VRFY {who}{at}")))

    def domain(self) -> str:
        """Whose mail the server most likely takes: that of the name above its own, if any."""
        host = self.ask.host
        above = parent(host)
        return "" if not is_hostname(host) else above if is_fqdn(above) else host

    async def relay(self) -> None:
        """Whether a stranger's recipient is taken; nothing is sent, and nothing tried from the
        server's own address, which may relay. A sender of its own is often trusted too far."""
        if self.place("sockname") == self.place("peername"):
            return
        senders = ["", f"postmaster@{self.domain()}"] if self.domain() else [""]
        for sender in senders:
            said = await self.hear("", self.wire.command(f"MAIL FROM:<{sender}>"))
            if said.code == 250:
                said = await self.hear("", self.wire.command(f"RCPT TO:<{STRANGER}>"))
                await self.hear("", self.wire.command("RSET"))
            self.tell(Trial.RELAY, said)
            if said.code in (250, 251):
                return

    def tell(self, trial: Trial, said: Said) -> None:
        self.learned["tried"] = (*self.learned.get("tried", ()), (trial, said))

    async def goodbye(self) -> None:
        with suppress(Broken, TimeoutError):
            async with asyncio.timeout(min(GOODBYE, self.caller.limits.reply)):
                await self.wire.command("QUIT")

    async def hear(self, name: str, work: Awaitable[Said], seconds: float | None = None) -> Said:
        """A reply in time, kept under a name."""
        said = await self.timely(work, seconds)
        if said.code == BUSY:
            raise _Busy(f"421 {' '.join(said.lines)}")
        if name:
            self.learned[name] = said
        return said

    async def timely(self, work: Awaitable[T], seconds: float | None = None) -> T:
        async with asyncio.timeout(seconds or self.caller.limits.reply):
            return await work


class _Busy(Exception):
    """The server wants to be left alone for now."""


class _NoTls(Exception):
    """The server agreed to encrypt, and then did not."""


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLError) and error.reason:
        return error.reason.replace("_", " ").lower()
    return str(error) or type(error).__name__
