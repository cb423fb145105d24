"""One HTTPS GET, as `lookup.model.Fetch` asks for it."""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Container
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import SplitResult, quote, urlsplit

import msgspec

from mailworthy.lookup.model import Fetch, Fetched, Status, Why
from mailworthy.names import BadName, printable, to_ascii
from mailworthy.probe.reach import missed, root_of
from mailworthy.rdata.address import address

if TYPE_CHECKING:
    import httpcore2

AddressesOf: TypeAlias = Callable[[str], Awaitable[tuple[str, ...] | Why]]
TRIES = 3  # addresses of one host
LONGEST = 1 << 13  # characters of a URL
AGENT = "mailworthy"
WIRE = 1 << 18  # octets beside the body that are read, whatever they are
_PLAIN = "/?%:@!$&'()*+,;="  # in a path or a query, beside letters, digits and -._~
_NEXT = frozenset({Why.UNREACHABLE, Why.NO_MEANS})  # another address may do better


class Getter(msgspec.Struct, frozen=True):
    """How to fetch: where addresses come from (or why none were learned), which may be called,
    what is trusted."""

    addresses: AddressesOf
    allowed: Container[str]
    tls: ssl.SSLContext


class _Failed(Exception):
    def __init__(self, why: Why, detail: str, *, onward: bool = False) -> None:
        super().__init__(detail)
        self.why, self.detail = why, printable(detail, 200)
        self.onward = onward or why in _NEXT


async def get(ask: Fetch, getter: Getter) -> Fetched:
    """Fetch it. Never raises for what the peer does; ends in `ask.timeout` seconds.

    The host is looked up here, and the connection goes to an address that was looked at: only
    to a public one. Redirections are not followed (RFC 8461 §3.3), nothing is decompressed.
    """
    start = time.monotonic()
    try:
        async with asyncio.timeout(ask.timeout):
            reply = await _get(ask, getter)
    except _Failed as failed:
        reply = Fetched(ask, Status.FAILED, failed.why, detail=failed.detail)
    except TimeoutError:
        detail = f"no whole answer in {ask.timeout:g} seconds"
        reply = Fetched(ask, Status.FAILED, Why.TIMEOUT, detail=detail)
    return msgspec.structs.replace(reply, ms=(time.monotonic() - start) * 1000)


async def _get(ask: Fetch, getter: Getter) -> Fetched:
    url, host = _split(ask.url)
    last = _Failed(Why.UNREACHABLE, "no address")
    for ip in await _places(host, getter):
        try:
            return await _get_from(ask, url, host, ip, getter.tls)
        except _Failed as failed:
            last = failed
            if not failed.onward:
                break
    raise last


def _split(text: str) -> tuple[SplitResult, str]:
    """The parts of a URL, and its host as A-labels."""
    try:
        url = urlsplit(text)
        port = url.port
        host = to_ascii(url.hostname or "")
    except (ValueError, BadName):
        raise _Failed(Why.BAD_NAME, "the URL cannot be read") from None
    if len(text) > LONGEST or not text.isprintable():
        raise _Failed(Why.BAD_NAME, "the URL is too long, or has control characters")
    if url.scheme != "https" or url.username is not None or address(url.hostname or ""):
        raise _Failed(Why.BAD_NAME, "only https and the name of a host are fetched")
    path, query = quote(url.path or "/", safe=_PLAIN), quote(url.query, safe=_PLAIN)
    place = f"{host}:{port or 443}"
    return url._replace(netloc=place, path=path, query=query, fragment=""), host


async def _places(host: str, getter: Getter) -> list[str]:
    """The addresses to try. Raises _Failed where there are none, or none that may be called."""
    found = await getter.addresses(host)
    if isinstance(found, Why):
        raise _Failed(found, f"the address of {host} could not be learned")
    if not found:
        raise _Failed(Why.UNREACHABLE, f"{host} has no address")
    public = [ip for ip in found if ip in getter.allowed]
    if not public:
        raise _Failed(Why.NO_MEANS, f"{host} is at {found[0]}, which is no public address")
    return public[:TRIES]


async def _get_from(
    ask: Fetch, url: SplitResult, host: str, ip: str, tls: ssl.SSLContext
) -> Fetched:
    import httpcore2

    from mailworthy.probe.counted import TooMuch, pool

    literal = f"[{ip}]" if ":" in ip else ip
    place = url._replace(netloc=f"{literal}:{url.port}").geturl()
    named = host if url.port == 443 else f"{host}:{url.port}"
    headers = [("Host", named), ("User-Agent", AGENT), ("Accept-Encoding", "identity")]
    wait = dict.fromkeys(("connect", "read", "write", "pool"), ask.timeout)
    wait["connect"] /= TRIES
    # Since the URL holds the address, the name for SNI and the certificate is given apart.
    more = {"sni_hostname": host, "timeout": wait}
    try:
        async with (
            pool(tls, WIRE + 4 * ask.max_bytes) as wire,
            wire.stream("GET", place, headers=headers, extensions=more) as response,
        ):
            return await _read(ask, response)
    except TooMuch:
        raise _Failed(Why.OVERSIZE, "much is sent, and little of it is the file") from None
    except httpcore2.ConnectTimeout:
        raise _Failed(Why.TIMEOUT, f"no connection to {ip} in time", onward=True) from None
    except httpcore2.TimeoutException:
        raise _Failed(Why.TIMEOUT, f"{ip} did not answer in time") from None
    except httpcore2.ConnectError as error:
        raise _unconnected(error, ip) from None
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
        raise _Failed(Why.GARBLED, str(error) or type(error).__name__) from None


async def _read(ask: Fetch, response: "httpcore2.Response") -> Fetched:
    body = bytearray()
    async for piece in response.aiter_stream():
        body += piece
        if len(body) > ask.max_bytes:
            raise _Failed(Why.OVERSIZE, f"more than {ask.max_bytes} octets")
    fields = {name.lower(): value for name, value in response.headers}
    kind = printable(fields.get(b"content-type", b"").decode("latin-1"), 100)
    return Fetched(ask, Status.FOUND, code=response.status, content_type=kind, body=bytes(body))


def _unconnected(error: Exception, ip: str) -> _Failed:
    """Why no connection came about: the certificate, the encryption, or nobody there."""
    cause = root_of(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return _Failed(Why.TLS, cause.verify_message or "the certificate is not good")
    if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError | ConnectionResetError):
        return _Failed(Why.GARBLED, f"{ip} hung up before there was encryption")
    if isinstance(cause, ssl.SSLError):
        return _Failed(Why.TLS, (cause.reason or str(cause)).replace("_", " ").lower())
    if cause is not None:
        return _Failed(*missed(cause, ip))
    return _Failed(Why.UNREACHABLE, f"{ip}: {error}")
