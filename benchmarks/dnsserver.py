"""A DNS server in a process of its own, that answers late: what a resolver some way off is like."""

import asyncio
import multiprocessing
import socket
import struct
from collections.abc import Callable
from typing import Any, Self

from world import SOA, World, world

ADDRESS = "127.0.0.1"
SILENT = -1.0
_QR_AA_RD_RA, _NXDOMAIN = 0x8580, 3
_RECORD = struct.Struct("!HHHIH")
_HERE = 0xC00C  # a pointer to the name of the question
_TTL = 3600
_BUFFER = 8 << 20


class Server:
    """Answers for synthetic domains over UDP and TCP, each answer `delay` seconds late.

    Answers are delayed side by side, so that a client which asks ten questions at once waits
    once. With `delay` SILENT it answers nothing. `asked` counts the questions that arrive.
    """

    def __init__(self, domains: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._delay = spawn.Value("d", 0.0)
        self._asked = spawn.Value("q", 0)
        ready, child = spawn.Pipe(duplex=False)
        arguments = (domains, self._delay, self._asked, child)
        self._process = spawn.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        self.port: int = ready.recv()

    @property
    def spec(self) -> str:
        """As `--dns` has it."""
        return f"{ADDRESS}:{self.port}"

    @property
    def asked(self) -> int:
        """How many questions have arrived so far."""
        return int(self._asked.value)

    def be(self, delay: float) -> None:
        """Answer that many seconds late from now on."""
        self._delay.value = delay

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()


def _serve(domains: int, delay: Any, asked: Any, ready: Any) -> None:
    asyncio.run(_run(_Zones(world(domains)), delay, asked, ready))


async def _run(zones: "_Zones", delay: Any, asked: Any, ready: Any) -> None:
    loop = asyncio.get_running_loop()

    def late(reply: Callable[[bytes], None], query: bytes) -> None:
        asked.get_obj().value += 1  # this process alone writes it
        seconds = delay.get_obj().value
        if seconds > 0:
            loop.call_later(seconds, reply, zones.answer(query))
        elif seconds == 0:
            reply(zones.answer(query))

    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        udp.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
    udp.bind((ADDRESS, 0))
    port = udp.getsockname()[1]
    await loop.create_datagram_endpoint(lambda: _Datagrams(late), sock=udp)
    await asyncio.start_server(lambda r, w: _stream(late, r, w), ADDRESS, port)
    ready.send(port)
    await asyncio.Event().wait()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, late: Callable[..., None]) -> None:
        self._late = late

    def connection_made(self, transport: Any) -> None:
        self._send = transport.sendto

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._late(lambda reply: self._send(reply, addr), data)


async def _stream(
    late: Callable[..., None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        while True:
            size = int.from_bytes(await reader.readexactly(2))
            query = await reader.readexactly(size)
            late(lambda reply: writer.write(len(reply).to_bytes(2) + reply), query)
    except (OSError, EOFError):
        writer.close()


class _Zones:
    """Answers from a world, in octets; all types fit a datagram."""

    def __init__(self, found: World) -> None:
        self._found = found
        self._ready: dict[bytes, bytes] = {}

    def answer(self, query: bytes) -> bytes:
        """The response to one well-formed query of one question."""
        rest = self._ready.get(query[2:])
        if rest is None:
            rest = self._ready[query[2:]] = self._answer(query)
        return query[:2] + rest

    def _answer(self, query: bytes) -> bytes:
        end = query.index(0, 12) + 1
        owner, type_ = query[12:end].lower(), int.from_bytes(query[end : end + 2])
        types = self._found.get(owner)
        records = (types or {}).get(type_, [])
        answer = [_RECORD.pack(_HERE, type_, 1, _TTL, len(data)) + data for data in records]
        authority = [] if records else [self._soa(owner)]
        edns = query[10:12] != b"\0\0"
        extra = [struct.pack("!BHHIH", 0, 41, 1232, 0, 0)] if edns else []
        flags = _QR_AA_RD_RA | (_NXDOMAIN if types is None else 0)
        head = struct.pack("!5H", flags, 1, len(answer), len(authority), len(extra))
        return head + query[12 : end + 4] + b"".join([*answer, *authority, *extra])

    def _soa(self, owner: bytes) -> bytes:
        """The SOA of the closest zone above; the root's, which this world lacks, is made up."""
        at = 0
        while owner[at]:
            if (data := self._found.get(owner[at:], {}).get(SOA)) is not None:
                break
            at += owner[at] + 1
        else:
            data = self._found[b"\x04test\0"][SOA]
        # The name is a pointer into the question, as real servers write it.
        return _RECORD.pack(_HERE + at, SOA, 1, _TTL, len(data[0])) + data[0]
