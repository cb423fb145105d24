"""A connection for HTTPS that ends when too many octets came, whatever they stand for.

Interim responses of HTTP and the extensions of its chunks are no part of a
body, and have no end of their own.
"""

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore2


class TooMuch(Exception):
    """More octets than any answer needs."""


class _Stream(httpcore2.AsyncNetworkStream):
    def __init__(self, inner: httpcore2.AsyncNetworkStream, left: int) -> None:
        self._inner, self._left = inner, left

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._inner.read(max_bytes, timeout)
        self._left -= len(data)
        if self._left < 0:
            raise TooMuch
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        inner = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        return _Stream(inner, self._left)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _Backend(httpcore2.AnyIOBackend):
    def __init__(self, most: int) -> None:
        self._most = most

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        inner = await super().connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(inner, self._most)


def pool(tls: ssl.SSLContext, most: int) -> httpcore2.AsyncConnectionPool:
    """Connections with `tls` that raise TooMuch after so many octets."""
    return httpcore2.AsyncConnectionPool(ssl_context=tls, network_backend=_Backend(most))
