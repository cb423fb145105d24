"""A DNS server on this machine that says exactly what a test wants said."""

import asyncio
import socket
import struct
from collections.abc import Callable
from itertools import pairwise
from typing import Self

import dns.flags
import dns.message
import dns.rdatatype
import dns.rrset

from mailworthy.lookup.live.background import Background
from mailworthy.lookup.memory import Memory
from mailworthy.lookup.model import Answer, Question, Status
from mailworthy.names import is_within

# From a query's octets, and whether it came by TCP, to the datagrams or frames sent back.
Handler = Callable[[bytes, bool], list[bytes]]


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, handler: Handler) -> None:
        self.handler = handler

    def connection_made(self, transport):  # type: ignore[no-untyped-def]
        self.transport = transport

    def datagram_received(self, data, address):  # type: ignore[no-untyped-def]
        for reply in self.handler(data, False):
            self.transport.sendto(reply, address)


class Loopback:
    """Serves a handler over UDP and TCP on one port, until closed."""

    def __init__(  # type: ignore[no-untyped-def]
        self, handler: Handler, *, drip: bool = False, per_stream: int = 10**9, tls=None
    ) -> None:
        self.handler, self.drip, self.per_stream, self.tls = handler, drip, per_stream, tls
        self.asked: list[tuple[bytes, bool]] = []
        self._background = Background()
        self.port = self._background.run(self._start())

    def _handle(self, data: bytes, tcp: bool) -> list[bytes]:
        self.asked.append((data, tcp))
        return self.handler(data, tcp)

    async def _start(self) -> int:
        loop = asyncio.get_running_loop()
        made = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self._handle), local_addr=("127.0.0.1", 0)
        )
        self._udp = made[0]
        # A burst of questions must fit, or it is this server that loses some.
        self._udp.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**21)
        port = self._udp.get_extra_info("sockname")[1]
        try:
            self._tcp = await asyncio.start_server(self._serve, "127.0.0.1", port, ssl=self.tls)
        except OSError:  # taken for TCP: another one, then
            self._udp.close()
            return await self._start()
        return int(port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for _ in range(self.per_stream):
                (length,) = struct.unpack("!H", await reader.readexactly(2))
                query = await reader.readexactly(length)
                for reply in self._handle(query, True):
                    frame = struct.pack("!H", len(reply)) + reply
                    writer.write(frame[: len(frame) // 2] if self.drip else frame)
                    await writer.drain()
                if self.drip:
                    return
            await reader.readexactly(2)  # one question too many: it gets no answer
        except (OSError, EOFError):
            return
        finally:
            writer.close()

    @property
    def spec(self) -> str:
        return f"127.0.0.1:{self.port}"

    def close(self) -> None:
        async def down() -> None:
            self._udp.close()
            self._tcp.close()

        self._background.run(down())
        self._background.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def respond(data: bytes, *records: str, rcode: int = 0) -> dns.message.Message:
    """A recursive response with records written as `name ttl IN type data`."""
    response = dns.message.make_response(dns.message.from_wire(data), recursion_available=True)
    response.set_rcode(rcode)
    response.answer = [_rrset(record) for record in records]
    return response


def _rrset(record: str) -> dns.rrset.RRset:
    name, ttl, _, type_, text = record.split(" ", 4)
    return dns.rrset.from_text(name, int(ttl), "IN", type_, text)


def asked_of(data: bytes) -> Question:
    question = dns.message.from_wire(data).question[0]
    return Question(question.name.to_text(), dns.rdatatype.to_text(question.rdtype))


def serving(memory: Memory) -> Handler:
    """A handler that answers as a recursive server in front of these zones would."""

    def handle(data: bytes, tcp: bool) -> list[bytes]:
        wire = _response(memory, data).to_wire(max_size=65535)
        if not tcp and len(wire) > 1232:
            short = dns.message.make_response(dns.message.from_wire(data))
            short.flags |= dns.flags.TC
            return [short.to_wire()]
        return [wire]

    return handle


def _response(memory: Memory, data: bytes) -> dns.message.Message:
    ask = asked_of(data)
    answer = memory.instant(ask)
    assert isinstance(answer, Answer)
    response = respond(data)
    if answer.status is Status.FAILED:
        response.set_rcode(2 if answer.rcode != "REFUSED" else 5)
        return response
    response.set_rcode(3 if answer.status is Status.ABSENT else 0)
    response.flags |= dns.flags.AD if answer.ad else 0
    name = ask.name
    for target in answer.chain:
        response.answer.append(
            dns.rrset.from_text(name + ".", answer.ttl, "IN", "CNAME", target + ".")
        )
        name = target
    for text, splits in zip(
        answer.records, answer.splits or [()] * len(answer.records), strict=True
    ):
        shown = _quoted(text, splits) if ask.type == "TXT" else text
        rrset = dns.rrset.from_text(name.rstrip(".") + ".", answer.ttl, "IN", ask.type, shown)
        response.answer.append(rrset)
    if answer.status is not Status.FOUND:
        response.authority = [_soa(memory, name, answer.ttl)]
    return response


def _soa(memory: Memory, name: str, ttl: int) -> dns.rrset.RRset:
    found = [r for r in memory.records if r.type == "SOA" and is_within(name, r.name)]
    soa = max(found, key=lambda r: len(r.name))
    return dns.rrset.from_text(soa.name.rstrip(".") + ".", ttl, "IN", "SOA", soa.value)


def _quoted(text: str, splits: tuple[int, ...]) -> str:
    edges = [0, *splits, len(text)]
    parts = [text[a:b] for a, b in pairwise(edges)]
    return " ".join('"' + "".join(f"\\{ord(c):03d}" for c in part) + '"' for part in parts)
