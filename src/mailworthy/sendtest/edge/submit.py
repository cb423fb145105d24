"""Handing a message to the user's own server: its sendmail program, or SMTP (RFC 5321, 6409)."""

import asyncio
import base64
import os
import re
import ssl

import msgspec

from mailworthy.errors import UsageError
from mailworthy.lookup.model import Said
from mailworthy.names import readable
from mailworthy.probe.lines import Broken, Wire
from mailworthy.probe.process import run
from mailworthy.sendtest.model import Submission
from mailworthy.sendtest.reply import Reply, read

SENDMAIL = "/usr/sbin/sendmail"
SECONDS = 60.0
_QUEUED = re.compile(r"\bqueued as ([0-9A-Za-z]{5,40})\b")
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))


class Smtp(msgspec.Struct, frozen=True):
    """A server to send through; port 465 begins with TLS. `user` and `password` log in."""

    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = ""
    ca: str | None = None

    def __repr__(self) -> str:
        return f"Smtp({self.host}:{self.port})"

    @property
    def local(self) -> bool:
        """Whether nobody is between us and the server."""
        return self.host in _LOOPBACK


def server(text: str) -> Smtp:
    """`HOST`, `HOST:PORT` or `[ADDRESS]:PORT`. Raises UsageError."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:\s]+))(?::(\d{1,5}))?", text)
    if found is None or not 0 < int(found[3] or 25) < 65536:
        raise UsageError(f"{readable(text, 80)} is no server: HOST[:PORT]")
    return Smtp(found[1] or found[2], int(found[3] or 25))


def by_program(program: str, sender: str, recipient: str, message: bytes) -> Submission:
    """Hand it to sendmail, as programs of this machine do. Raises UsageError without one."""
    if not os.access(program, os.X_OK):
        raise UsageError(f"there is no {readable(program, 100)}: name a server with --smtp")
    text = message.replace(b"\r\n", b"\n")
    ran = run((program, "-i", "-f", sender, "--", recipient), given=text, seconds=SECONDS)
    if ran.code == 0 and not ran.late:
        return Submission(program, True)
    why = readable(" ".join(ran.err.decode(errors="replace").split()), 500)
    ended = "took too long" if ran.late else f"ended with {ran.code}"
    return Submission(program, False, Reply(0, "", f"{program} {ended}: {why}"))


def by_smtp(to: Smtp, helo: str, sender: str, recipient: str, message: bytes) -> Submission:
    """Hand it over by SMTP; encrypted where the server offers that, and to other machines only
    with a certificate that holds. Raises UsageError where it cannot be reached at all."""
    return asyncio.run(_by_smtp(to, helo, sender, recipient, message))


async def _by_smtp(to: Smtp, helo: str, sender: str, recipient: str, message: bytes) -> Submission:
    via = f"{to.host}:{to.port}"
    wire = Wire()
    try:
        async with asyncio.timeout(SECONDS):
            loop = asyncio.get_running_loop()
            tls = _context(to) if to.port == 465 else None
            name = to.host if tls else None
            await loop.create_connection(
                lambda: wire, to.host, to.port, ssl=tls, server_hostname=name
            )
            return await _Submitting(wire, to, helo, via).run(sender, recipient, message)
    except (OSError, TimeoutError, Broken) as error:
        why = readable(str(error), 300) or "it took too long"
        raise UsageError(f"nothing could be handed to {via}: {why}") from None
    finally:
        if wire.transport is not None:
            wire.transport.abort()


def _context(to: Smtp) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=to.ca)
    if to.local:  # its certificate has another name than localhost, and nobody is between
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class _Refused(Exception):
    """The server says no to a command."""

    def __init__(self, said: Said, command: str) -> None:
        super().__init__(command)
        self.said, self.command = said, command


class _Submitting:
    """One conversation."""

    def __init__(self, wire: Wire, to: Smtp, helo: str, via: str) -> None:
        self.wire, self.to, self.helo, self.via = wire, to, helo, via

    async def run(self, sender: str, recipient: str, message: bytes) -> Submission:
        try:
            said = await self._conversation(sender, recipient, message)
        except _Refused as error:
            return Submission(self.via, False, self._reply(error.said, error.command))
        reply = self._reply(said, "")
        found = _QUEUED.search(reply.text)
        return Submission(self.via, True, reply, found[1] if found else "")

    async def _conversation(self, sender: str, recipient: str, message: bytes) -> Said:
        self._good(await self.wire.reply(), "the greeting")
        offers = await self._hello()
        if "STARTTLS" in offers:
            self._good(await self.wire.command("STARTTLS"), "STARTTLS")
            await self.wire.encrypt(_context(self.to), self.to.host)
            offers = await self._hello()
        if self.to.user:
            await self._log_in(offers)
        self._good(await self.wire.command(f"MAIL FROM:<{sender}>"), "MAIL FROM")
        self._good(await self.wire.command(f"RCPT TO:<{recipient}>"), "RCPT TO")
        self._good(await self.wire.command("DATA"), "DATA")
        body = message.replace(b"\r\n.", b"\r\n..")
        assert self.wire.transport is not None
        self.wire.transport.write(body.removesuffix(b"\r\n") + b"\r\n.\r\n")
        said = self._good(await self.wire.reply(), "end of DATA")
        self.wire.transport.write(b"QUIT\r\n")
        return said

    async def _hello(self) -> frozenset[str]:
        said = self._good(await self.wire.command(f"EHLO {self.helo}"), "EHLO")
        return frozenset(line.upper() for line in said.lines[1:])

    async def _log_in(self, offers: frozenset[str]) -> None:
        assert self.wire.transport is not None
        encrypted = self.wire.transport.get_extra_info("ssl_object") is not None
        if not encrypted and not self.to.local:
            raise Broken("it offers no encryption, and a password is not sent without")
        if not any(line.startswith("AUTH ") and "PLAIN" in line.split() for line in offers):
            raise Broken("it offers no login by AUTH PLAIN")
        plain = base64.b64encode(f"\0{self.to.user}\0{self.to.password}".encode()).decode()
        self._good(await self.wire.command(f"AUTH PLAIN {plain}"), "AUTH")

    def _good(self, said: Said, command: str) -> Said:
        if said.code >= 400:
            raise _Refused(said, command)
        return said

    def _reply(self, said: Said, command: str) -> Reply:
        text = f"{said.code} {' '.join(said.lines)}"
        return msgspec.structs.replace(read(text, self.to.host), command=command)
