"""TLS reports by POST, behind the user's own web server (RFC 8460 §5.4)."""

import asyncio
import time
from collections.abc import Collection
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import BinaryIO

import h11

from mailworthy.names import is_within
from mailworthy.reports import facade
from mailworthy.reports.envelope import Limits
from mailworthy.reports.envelope import open as open_envelope
from mailworthy.reports.intake.body import Body, Lack
from mailworthy.reports.intake.crowd import Bounds, Client
from mailworthy.reports.intake.desk import Desk
from mailworthy.reports.intake.listener import Listener
from mailworthy.reports.intake.model import Incoming, What
from mailworthy.reports.model import Kind, Report, TlsRecord, Unreadable
from mailworthy.store import StoreError

ORIGIN = "https"
# A request is one report, and over soon; anybody may begin one.
BOUNDS = Bounds(patience=2.0, idle=10.0, body=30.0, total=64 << 20)
MOST = 5 << 20  # octets as they come
# What they may become: what is read whole in little memory (reports.tls.limits).
LIMITS = Limits(octets=10 << 20, total=10 << 20, opened=10, members=4, held=16 << 20)
TYPES = frozenset({b"application/tlsrpt+gzip", b"application/tlsrpt+json"})
_PIECE = 1 << 16
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 600\r\nContent-Length: 0\r\n"
    b"Connection: close\r\n\r\n"
)


class _Refused(Exception):
    """A request that is answered with no."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


class Server(Listener):
    """Serves connections, one request each.

    Anybody may post, so only what is a TLS report about one of `domains`, or a name below one, is
    stored; nothing tells who sent it, so it is unproven.
    """

    full = ousted = _FULL
    gone = (OSError, h11.LocalProtocolError)

    def __init__(
        self, desk: Desk, domains: Collection[str], *, bounds: Bounds | None = None
    ) -> None:
        super().__init__(bounds or BOUNDS)
        self._desk = desk
        self._domains = tuple(domains)

    async def _served(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, client: Client
    ) -> None:
        await self._answered(_Connection(reader, writer), client)

    async def _answered(self, connection: "_Connection", client: Client) -> None:
        try:
            with closing(Body(self._room, MOST)) as body:
                status, text = await self._had(connection, body, client)
        except _Refused as no:
            status, text = no.status, no.reason
        except StoreError:
            status, text = 503, "it cannot be stored now"
        except h11.RemoteProtocolError as error:
            status, text = error.error_status_hint, "this is no request"
        async with asyncio.timeout(self._bounds.idle):
            await connection.say(status, text)

    async def _had(self, connection: "_Connection", body: Body, client: Client) -> tuple[int, str]:
        client.bringing = True
        async with asyncio.timeout(self._bounds.body):
            await connection.receive(body)
        client.bringing = False
        if body.lack is Lack.ROOM:
            self._crowd.oust(bringing=True)
            raise _Refused(503, "too much at once, try again")
        client.busy = True
        return await self._posted(body.read())

    async def _posted(self, body: bytes | BinaryIO) -> tuple[int, str]:
        now = datetime.now(UTC)
        await self._desk.run(partial(self._check, body, now))
        came = Incoming(body, "a posted report", ORIGIN, int(time.time()))
        found = await self._desk.take(came)
        new = any(done.what in (What.STORED, What.PARTIAL) for done in found)
        return (201, "stored") if new else (200, "it was here before")

    def _check(self, body: bytes | BinaryIO, now: datetime) -> None:
        """Raise _Refused for anything but TLS reports about our own domains.

        A mail is refused too: its header never passed our server, which some believe.
        """
        reports = 0
        for item in open_envelope(body, limits=LIMITS):
            if isinstance(item, Unreadable):
                raise _Refused(400, item.reason)
            if item.mail is not None:
                raise _Refused(400, "a mail, where a report is posted as it is")
            self._check_report(facade.one(item, now=now))
            reports += 1
        if not reports:
            raise _Refused(400, "no report")
        if not isinstance(body, bytes):
            body.seek(0)

    def _check_report(self, report: Report | Unreadable) -> None:
        if isinstance(report, Unreadable):
            raise _Refused(400, report.reason)
        if report.head.kind is not Kind.TLS:
            raise _Refused(400, "not a TLS report")
        domains = {record.domain for record in report.records if isinstance(record, TlsRecord)}
        if not all(self._is_own(domain) for domain in domains):
            raise _Refused(403, "it is about a domain that is none of ours")

    def _is_own(self, domain: str) -> bool:
        return any(is_within(domain, own) for own in self._domains)


class _Connection:
    """One request and its answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 14)

    async def receive(self, body: Body) -> None:
        """Take what is posted. Raises _Refused, RemoteProtocolError, ConnectionError."""
        request = await self._event()
        if not isinstance(request, h11.Request):
            raise ConnectionResetError("no request")
        _acceptable(request)
        if self._http.they_are_waiting_for_100_continue:
            await self._send(h11.InformationalResponse(status_code=100, headers=[]))
        while isinstance(event := await self._event(), h11.Data):
            body.write(bytes(event.data))
            if body.lack is Lack.SIZE:
                raise _too_large()

    async def say(self, status: int, text: str) -> None:
        """Answer, and be done."""
        if self._http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        octets = f"{text}\n".encode()
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(octets))),
            ("Connection", "close"),
        ]
        headers += [("Retry-After", "600")] if status == 503 else []
        headers += [("Allow", "POST")] if status == 405 else []
        await self._send(h11.Response(status_code=status, headers=headers))
        await self._send(h11.Data(data=octets))
        await self._send(h11.EndOfMessage())

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(_PIECE))
        return event

    async def _send(self, event: h11.Event) -> None:
        self._writer.write(self._http.send(event) or b"")
        await self._writer.drain()


def _acceptable(request: h11.Request) -> None:
    """Raise _Refused for a request that is none of a reporter."""
    headers = dict(request.headers)
    if request.method != b"POST":
        raise _Refused(405, "reports are posted")
    if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() not in TYPES:
        raise _Refused(415, "application/tlsrpt+gzip or application/tlsrpt+json")
    if int(headers.get(b"content-length", b"0")) > MOST:
        raise _too_large()


def _too_large() -> _Refused:
    return _Refused(413, f"more than {MOST} octets")
