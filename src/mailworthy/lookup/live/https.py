"""Questions over HTTPS (RFC 8484)."""

import asyncio
import ssl

import httpx2

from mailworthy.lookup.live.inbox import Cancel, Inbox
from mailworthy.lookup.live.servers import Server
from mailworthy.lookup.wire import Query, decode
from mailworthy.lookup.wiremodel import MAX_MESSAGE, UNREADABLE, Message

_TYPE = "application/dns-message"


class Https:
    """A server over HTTPS; one client keeps the connections."""

    def __init__(self, server: Server, seconds: float, tls: ssl.SSLContext) -> None:
        self.server = server
        self.edns = True
        self.trust_ad = server.trust_ad
        self._seconds = seconds
        self._client = _client(seconds, tls)

    def __str__(self) -> str:
        return str(self.server)

    def send(self, query: Query, inbox: Inbox, *, edns: bool) -> Cancel:
        """Send a question; see Upstream."""
        return asyncio.ensure_future(self._ask(query, inbox, edns)).cancel

    async def _ask(self, query: Query, inbox: Inbox, edns: bool) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                inbox.put(self, await self._post(query, edns))
        except (httpx2.HTTPError, OSError, ssl.SSLError):
            inbox.put(self, None)

    async def _post(self, query: Query, edns: bool) -> Message | None:
        # The id is zero so that HTTP caches can help (RFC 8484 §4.1).
        body = query.message(0, edns=edns)
        headers = {"content-type": _TYPE, "accept": _TYPE}
        request = self._client.stream("POST", self.server.url, content=body, headers=headers)
        async with request as response:
            kind = response.headers.get("content-type", "").partition(";")[0].strip()
            if response.status_code != 200 or kind != _TYPE:
                return None
            data = bytearray()
            async for piece in response.aiter_bytes():
                data += piece
                if len(data) > MAX_MESSAGE:
                    return None
        whole = bytes(data)
        return decode(whole) or UNREADABLE if query.matches(whole) else None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _client(seconds: float, tls: ssl.SSLContext) -> httpx2.AsyncClient:
    limits = httpx2.Limits(max_connections=8)
    return httpx2.AsyncClient(
        http2=True, verify=tls, timeout=seconds, trust_env=False, limits=limits
    )
