"""SMTP servers on loopback that behave as badly as told."""

import asyncio
import ssl
import tempfile
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from certificates import Issued

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter
Script = Callable[[Reader, Writer], Awaitable[None]]


@asynccontextmanager
async def serving(
    script: Script, *, ip: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """A server on loopback that runs `script` for each client; yields its port."""

    async def client(reader: Reader, writer: Writer) -> None:
        try:
            await script(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(client, ip, 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def context(*chain: Issued, newest: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """The server's side: the first certificate is its own."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        made.minimum_version = ssl.TLSVersion.TLSv1
        if newest is not None:
            made.maximum_version = newest
    key = chain[0].key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "chain.pem"
        path.write_bytes(b"".join(i.certificate.public_bytes(Encoding.PEM) for i in chain) + key)
        made.load_cert_chain(path)
    return made


class Server:
    """A well-behaved server; `replies` change what it says to a verb, and `slow` is how many
    seconds its greeting takes."""

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        *,
        banner: bytes = b"220 mail.example.com ESMTP\r\n",
        ehlo: tuple[bytes, ...] = (b"SIZE 1000", b"STARTTLS"),
        replies: dict[bytes, bytes] | None = None,
        injected: bytes = b"",
        slow: float = 0.0,
    ) -> None:
        self.tls, self.banner, self.ehlo = tls, banner, ehlo
        self.replies, self.injected, self.slow = replies or {}, injected, slow
        self.heard: list[bytes] = []

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        await asyncio.sleep(self.slow)
        writer.write(self.banner)
        while line := await reader.readline():
            self.heard.append(line.rstrip())
            verb = line.split()[0].upper() if line.split() else b""
            if verb in self.replies:
                writer.write(self.replies[verb])
            elif verb == b"EHLO":
                writer.write(self.hello(writer))
            elif verb == b"STARTTLS" and self.tls is not None:
                writer.write(b"220 go on\r\n" + self.injected)
                await writer.drain()
                await writer.start_tls(self.tls)
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                return
            else:
                writer.write(b"250 fine\r\n")

    def hello(self, writer: Writer) -> bytes:
        encrypted = writer.get_extra_info("ssl_object") is not None
        shown = [b"mail.example.com", *(e for e in self.ehlo if not encrypted or e != b"STARTTLS")]
        return b"".join(b"250-" + e + b"\r\n" for e in shown[:-1]) + b"250 " + shown[-1] + b"\r\n"


def saying_after_request(text: bytes) -> Script:
    """A web server that answers any request so."""

    async def script(reader: Reader, writer: Writer) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(text)
        await writer.drain()

    return script
